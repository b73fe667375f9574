/** Padding to a square. */
import { defineTransform } from "@l3m/core";
import { z } from "zod";
import { imageOf, withImage } from "../images/image.ts";

const channel = z.number().min(0).max(1);

/** The transform `data/pad-to-square`. */
export const padToSquare = defineTransform({
  name: "pad-to-square",
  summary: "Puts an image in the middle of a square as long as its longer side, of one colour.",
  aliases: ["l3m.model.preprocessors.transforms.PadToSquare"],
  positional: ["mean"],
  options: z.strictObject({
    mean: z
      .tuple([channel, channel, channel])
      .default([0.485, 0.456, 0.406])
      .describe("Colour of the padding in 0..1; what becomes 0 when the image is normalised with this mean."),
    key: z.string().default("image").describe("Key of the image."),
  }),
  build({ mean, key }) {
    const colour = mean.map((value) => Math.trunc(value * 255));
    return (sample) => {
      const image = imageOf(sample, key, "data/pad-to-square");
      const { width, height } = image;
      if (width === height) return sample;
      const side = Math.max(width, height);
      const top = Math.floor((side - height) / 2);
      const left = Math.floor((side - width) / 2);
      const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => colour[i % 3] ?? 0);
      for (let y = 0; y < height; y++)
        data.set(image.data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * side + left) * 3);
      return withImage(sample, key, { data, height: side, width: side });
    };
  },
});
