/** A random set of patches hidden. N patches. */
import { defineMaskGenerator } from "@l3m/core";
import { z } from "zod";
import { patchMask, visiblePatches } from "./patch-mask.ts";
import { writeKeyOf } from "./write-key.ts";

/** The mask generator `data/random-masking`: which patches a masked autoencoder does not see (He et al. 2022). */
export const randomMasking = defineMaskGenerator({
  name: "random-masking",
  summary: "Hides a fixed number of patches, chosen at random.",
  aliases: ["l3m.helpers.vision.mask_generator.RandomMasking"],
  positional: ["num_patches", "masking_ratio"],
  options: z.strictObject({
    num_patches: z.int().positive().default(196).describe("N, patches of an image."),
    masking_ratio: z.number().min(0).max(1).default(0.75).describe("Share of them that is hidden."),
  }),
  build({ num_patches: N, masking_ratio: ratio }, context) {
    const visible = visiblePatches(N, ratio);
    return {
      writes: writeKeyOf(context),
      generate(rng) {
        const noise = Array.from({ length: N }, () => rng.float());
        const byNoise = noise.map((_, patch) => patch).sort((a, b) => (noise[a] ?? 0) - (noise[b] ?? 0));
        const shown = new Set(byNoise.slice(0, visible));
        return patchMask(N, (patch) => !shown.has(patch));
      },
    };
  },
});
