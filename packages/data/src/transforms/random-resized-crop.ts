/** Random resized crop, the standard augmentation of image pre-training (Szegedy et al., 2014). */
import { defineTransform, type SampleRng } from "@l3m/core";
import { z } from "zod";
import { type CropBox, imageOf, withImage } from "../images/image.ts";
import { resample } from "../images/resample.ts";
import { roundHalfEven } from "../images/round-half-even.ts";
import { uniformFloat32 } from "../rng/uniform-float32.ts";
import { heightAndWidth, sizeSchema } from "./image-size.ts";
import { interpolationOption } from "./interpolation-option.ts";

const ATTEMPTS = 10;

/** Torchvision's crops on PIL images: with PyTorch's random numbers they are the same, byte for byte. */
export const randomResizedCrop = defineTransform({
  name: "random-resized-crop",
  summary: "Cuts out a part of random area and aspect ratio and resizes it.",
  aliases: ["torchvision.transforms.RandomResizedCrop", "torchvision.transforms.transforms.RandomResizedCrop"],
  positional: ["size", "scale", "ratio", "interpolation"],
  ignores: ["antialias"], // 8-bit images are always antialiased
  options: z.strictObject({
    size: sizeSchema,
    scale: z
      .tuple([z.number().positive(), z.number().positive()])
      .default([0.08, 1])
      .describe("Area of the part, as a fraction of the image."),
    ratio: z
      .tuple([z.number().positive(), z.number().positive()])
      .default([3 / 4, 4 / 3])
      .describe("Width over height of the part."),
    interpolation: interpolationOption,
    key: z.string().default("image").describe("Key of the image."),
  }),
  build: ({ size, scale, ratio, interpolation, key }) => {
    const [height, width] = heightAndWidth(size);
    return (sample, rng) => {
      const image = imageOf(sample, key, "data/random-resized-crop");
      const box = drawCropBox(image.height, image.width, scale, ratio, rng);
      return withImage(sample, key, resample(image, height, width, interpolation, box));
    };
  },
});

type Range = readonly [low: number, high: number];

/**
 * The part of an H x W image that a random resized crop takes: the first of ten draws that fits, else the largest central one.
 *
 * @param scale area as a fraction of the image
 * @param ratio width over height
 */
export function drawCropBox(H: number, W: number, scale: Range, ratio: Range, rng: SampleRng): CropBox {
  const logRatio: Range = [logFloat32(ratio[0]), logFloat32(ratio[1])];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = H * W * uniformFloat32(rng, ...scale);
    const aspect = Math.fround(Math.exp(uniformFloat32(rng, ...logRatio)));
    const width = roundHalfEven(Math.sqrt(area * aspect));
    const height = roundHalfEven(Math.sqrt(area / aspect));
    if (width <= 0 || width > W || height <= 0 || height > H) continue;
    const top = rng.below(H - height + 1);
    return { top, left: rng.below(W - width + 1), height, width };
  }
  return largestCentralBox(H, W, ratio);
}

function logFloat32(x: number): number {
  return Math.fround(Math.log(Math.fround(x)));
}

function largestCentralBox(H: number, W: number, [narrowest, widest]: Range): CropBox {
  const aspect = W / H;
  const width = aspect > widest ? roundHalfEven(H * widest) : W;
  const height = aspect < narrowest ? roundHalfEven(W / narrowest) : H;
  return { top: Math.floor((H - height) / 2), left: Math.floor((W - width) / 2), height, width };
}
