/** Random loss of colour. */
import { defineTransform } from "@l3m/core";
import { z } from "zod";
import { floatImageOf, withPixels } from "../images/float-image.ts";

/** The transform `data/random-grayscale`. */
export const randomGrayscale = defineTransform({
  name: "random-grayscale",
  summary: "With probability p, replaces every channel by the mean of the channels.",
  options: z.strictObject({ p: z.number().min(0).max(1).default(0.1), key: z.string().default("image") }),
  build:
    ({ p, key }) =>
    (sample, rng) => {
      if (rng.float() >= p) return sample;
      const image = floatImageOf(sample, key, "data/random-grayscale");
      const pixels = image.height * image.width;
      const data = new Float32Array(image.data.length);
      for (let i = 0; i < pixels; i++) {
        let sum = 0;
        for (let at = i; at < data.length; at += pixels) sum += image.data[at] ?? 0;
        for (let at = i; at < data.length; at += pixels) data[at] = sum / image.channels;
      }
      return withPixels(sample, key, image, data);
    },
});
