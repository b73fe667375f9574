/** Resize. H, W are the sizes of the image as it comes. */
import { defineTransform } from "@l3m/core";
import { z } from "zod";
import { imageOf, withImage } from "../images/image.ts";
import { resample } from "../images/resample.ts";
import { interpolationOption } from "./interpolation-option.ts";

const side = z.int().positive();

/** As torchvision on PIL images: a single size is that of the shorter side, and the aspect ratio stays. */
export const resize = defineTransform({
  name: "resize",
  summary: "Resizes an image; with one number the shorter side gets it and the aspect ratio stays.",
  aliases: ["torchvision.transforms.Resize", "torchvision.transforms.transforms.Resize"],
  positional: ["size", "interpolation", "max_size"],
  ignores: ["antialias"], // 8-bit images are always antialiased
  options: z.strictObject({
    size: z.union([side, z.tuple([side, side])]).describe("Shorter side, or [height, width], in pixels."),
    interpolation: interpolationOption,
    max_size: side.nullish().describe("Upper limit of the longer side, when size is one number."),
    key: z.string().default("image").describe("Key of the image."),
  }),
  build:
    ({ size, interpolation, max_size: maxSize, key }) =>
    (sample) => {
      const image = imageOf(sample, key, "data/resize");
      const [height, width] =
        typeof size === "number" ? shorterSideTo(size, maxSize ?? undefined, image.height, image.width) : size;
      if (height === image.height && width === image.width) return sample;
      return withImage(sample, key, resample(image, height, width, interpolation));
    },
});

function shorterSideTo(
  size: number,
  maxSize: number | undefined,
  H: number,
  W: number,
): readonly [height: number, width: number] {
  let short = size;
  let long = Math.trunc((size * Math.max(H, W)) / Math.min(H, W));
  if (maxSize !== undefined && long > maxSize) {
    short = Math.trunc((maxSize * short) / long);
    long = maxSize;
  }
  return W <= H ? [long, short] : [short, long];
}
