/** One transform after the other. */
import { defineTransform, type Sample, type SampleRng, slotList, type Transform } from "@l3m/core";
import { z } from "zod";

/** Runs `transforms` in order. Each draws from a generator of its own, so that one which draws more changes no other. */
export function inOrder(transforms: readonly Transform[]): (sample: Sample, rng: SampleRng) => Promise<Sample> {
  return async (sample, rng) => {
    let out = sample;
    for (const [i, transform] of transforms.entries()) out = await transform(out, rng.fork(`transform ${i}`));
    return out;
  };
}

/** The transform `data/compose`. */
export const compose = defineTransform({
  name: "compose",
  summary: "Several transforms, one after the other.",
  aliases: ["torchvision.transforms.Compose", "torchvision.transforms.transforms.Compose"],
  positional: ["transforms"],
  options: z.strictObject({}),
  slots: { transforms: slotList("transform") },
  build: ({ transforms }, context) => inOrder(transforms.map((ref, i) => context.child(`transforms.${i}`, ref))),
});
