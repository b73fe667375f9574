/** One token of every sample. */
import * as tf from "@l3m/core/tf";
import { defineBlock, read, write } from "@l3m/core";
import * as z from "zod";
import { slicePython } from "./slice-python.ts";

const options = z.strictObject({
  index: z.int().default(0).describe("Which one; negative counts from the end."),
  dim: z.int().nonnegative().default(1).describe("Axis to take it from."),
  keepdim: z.boolean().default(false).describe("Put an axis of size 1 at position 1, whatever dim is."),
});

export const extractCls = defineBlock({
  name: "extract-cls",
  summary: "The class token, or any other single index of an axis.",
  aliases: ["l3m.model.postprocessors.select.ExtractCLS"],
  positional: ["index", "dim", "keepdim"],
  options,
  ports: { x: read(null), y: write(null) },
  build: ({ index, dim, keepdim }) => ({
    forward({ x }) {
      const one = tf.squeeze(slicePython(x, dim, index, index === -1 ? undefined : index + 1), [dim]);
      return { y: keepdim ? tf.expandDims(one, 1) : one };
    },
  }),
});
