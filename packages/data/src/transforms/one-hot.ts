/** Class numbers as vectors. V classes. */
import { defineTransform } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { wrongField } from "../tensor-field.ts";

/** The transform `data/one-hot`. */
export const oneHot = defineTransform({
  name: "one-hot",
  summary: "A class number as int32 [V]: 1 at the class, 0 elsewhere.",
  aliases: ["l3m.data.vision.datasets.image_folder.one_hot"],
  options: z.strictObject({
    num_classes: z.int().positive().describe("V, the number of classes."),
    key: z.string().default("target").describe("Key of the class number, and of the vector."),
  }),
  build:
    ({ num_classes: classes, key }) =>
    (sample) => {
      const target = sample[key];
      if (typeof target !== "number" || !Number.isInteger(target))
        throw wrongField("data/one-hot", key, "a class number", target);
      if (target >= classes || target < 0) {
        throw new L3mError("L3M_BAD_OPTION", {
          message: `data/one-hot knows fewer classes than the data has.`,
          expected: `num_classes above ${target}`,
          got: String(classes),
          fix: "Set num_classes to the number of classes of the data.",
        });
      }
      const data = new Int32Array(classes);
      data[target] = 1;
      return { ...sample, [key]: { data, shape: [classes] } };
    },
});
