/** Transforms that are applied now and then. */
import { defineTransform, slotList } from "@l3m/core";
import { z } from "zod";
import { inOrder } from "./compose.ts";

/** The transform `data/random-apply`. */
export const randomApply = defineTransform({
  name: "random-apply",
  summary: "With probability p applies a list of transforms, all or none.",
  aliases: ["torchvision.transforms.RandomApply", "torchvision.transforms.transforms.RandomApply"],
  positional: ["transforms", "p"],
  options: z.strictObject({ p: z.number().min(0).max(1).default(0.5).describe("Probability.") }),
  slots: { transforms: slotList("transform") },
  build({ p, transforms }, context) {
    const apply = inOrder(transforms.map((ref, i) => context.child(`transforms.${i}`, ref)));
    const threshold = Math.fround(p);
    return (sample, rng) => (threshold < rng.float() ? sample : apply(sample, rng));
  },
});
