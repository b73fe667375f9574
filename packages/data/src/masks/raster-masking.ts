/** The last patches hidden. N patches, row by row. */
import { defineMaskGenerator } from "@l3m/core";
import { z } from "zod";
import { patchMask, visiblePatches } from "./patch-mask.ts";
import { writeKeyOf } from "./write-key.ts";

/** The mask generator `data/raster-masking`. */
export const rasterMasking = defineMaskGenerator({
  name: "raster-masking",
  summary: "Shows the first patches, row by row, and hides the rest; draws nothing.",
  aliases: ["l3m.helpers.vision.mask_generator.RasterMasking"],
  positional: ["num_patches", "masking_ratio"],
  options: z.strictObject({
    num_patches: z.int().positive().default(196).describe("N, patches of an image."),
    masking_ratio: z.number().min(0).max(1).default(0.5).describe("Share of them that is hidden."),
  }),
  build({ num_patches: N, masking_ratio: ratio }, context) {
    const visible = visiblePatches(N, ratio);
    return { writes: writeKeyOf(context), generate: () => patchMask(N, (patch) => patch >= visible) };
  },
});
