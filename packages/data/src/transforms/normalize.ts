/** Normalisation by mean and standard deviation per channel. */
import { defineTransform } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { floatImageOf, withPixels } from "../images/float-image.ts";

const perChannel = z.union([z.number(), z.array(z.number()).min(1)]);

/** Computes in float32 as PyTorch does. */
export const normalize = defineTransform({
  name: "normalize",
  summary: "(x - mean) / std per channel; one number serves all channels.",
  aliases: ["torchvision.transforms.Normalize", "torchvision.transforms.transforms.Normalize"],
  positional: ["mean", "std"],
  ignores: ["inplace"],
  options: z.strictObject({
    mean: perChannel.describe("Subtracted, per channel."),
    std: perChannel.refine(hasNoZero, "no zero").describe("Divided by, per channel."),
    key: z.string().default("image").describe("Key of the image."),
  }),
  build:
    ({ mean, std, key }) =>
    (sample) => {
      const image = floatImageOf(sample, key, "data/normalize");
      const means = channelValues(mean, image.channels, "mean");
      const deviations = channelValues(std, image.channels, "std");
      const source = image.data;
      const data = new Float32Array(source.length);
      const pixels = image.height * image.width;
      for (let channel = 0; channel < image.channels; channel++) {
        const center = means[channel] ?? 0;
        const deviation = deviations[channel] ?? 1;
        const end = (channel + 1) * pixels;
        for (let i = channel * pixels; i < end; i++) data[i] = Math.fround((source[i] ?? 0) - center) / deviation;
      }
      return withPixels(sample, key, image, data);
    },
});

function hasNoZero(values: number | readonly number[]): boolean {
  return ![values].flat().includes(0);
}

function channelValues(values: number | readonly number[], channels: number, name: string): Float32Array {
  if (typeof values === "number") return new Float32Array(channels).fill(values);
  if (values.length === channels) return Float32Array.from(values);
  throw new L3mError("L3M_BAD_OPTION", {
    message: `data/normalize needs one ${name} for each channel.`,
    expected: `1 or ${channels} numbers`,
    got: String(values.length),
  });
}
