/** A mask drawn among the transforms of a sample. */
import { defineTransform, slot } from "@l3m/core";
import { z } from "zod";

/** The transform `data/generate-mask`. */
export const generateMask = defineTransform({
  name: "generate-mask",
  summary: "Adds to the sample what a mask generator draws, under the generator's write_key.",
  options: z.strictObject({}),
  slots: { generator: slot("mask-generator") },
  build({ generator: ref }, context) {
    const generator = context.child("generator", ref);
    return (sample, rng) => ({ ...sample, [generator.writes]: generator.generate(rng) });
  },
});
