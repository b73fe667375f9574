/** Random mirroring. */
import { defineTransform } from "@l3m/core";
import { z } from "zod";
import { flipHorizontally, imageOf, withImage } from "../images/image.ts";

/** The transform `data/random-horizontal-flip`. */
export const randomHorizontalFlip = defineTransform({
  name: "random-horizontal-flip",
  summary: "Mirrors an image left to right with probability p.",
  aliases: ["torchvision.transforms.RandomHorizontalFlip", "torchvision.transforms.transforms.RandomHorizontalFlip"],
  positional: ["p"],
  options: z.strictObject({
    p: z.number().min(0).max(1).default(0.5).describe("Probability."),
    key: z.string().default("image").describe("Key of the image."),
  }),
  build:
    ({ p, key }) =>
    (sample, rng) => {
      if (rng.float() >= Math.fround(p)) return sample;
      return withImage(sample, key, flipHorizontally(imageOf(sample, key, "data/random-horizontal-flip")));
    },
});
