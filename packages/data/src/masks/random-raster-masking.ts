/** A visible prefix of random length, the rest to be predicted. N patches, row by row. */
import { defineMaskGenerator } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { patchMask } from "./patch-mask.ts";
import { writeKeyOf } from "./write-key.ts";

/**
 * The mask generator `data/random-raster-masking`: the prefix that attends to itself in both directions when patches are
 * predicted one after the other (El-Nouby et al. 2024, "AIM").
 */
export const randomRasterMasking = defineMaskGenerator({
  name: "random-raster-masking",
  summary: "Shows a run of patches of random length, a prefix unless told otherwise, and hides the others.",
  aliases: ["l3m.helpers.vision.mask_generator.RandomRasterMasking"],
  positional: ["num_patches", "prefix_range", "sample_start", "force_full_attn", "seed", "multipleof"],
  options: z.strictObject({
    num_patches: z.int().positive().default(256).describe("N, patches of an image."),
    prefix_range: z
      .array(z.int().nonnegative())
      .length(2)
      .default([1, 255])
      .describe("Shortest and longest prefix, both possible."),
    sample_start: z
      .boolean()
      .default(false)
      .describe("The run starts anywhere but at the last place where it would fit."),
    force_full_attn: z.boolean().default(false).describe("Hide nothing: every patch sees every other one."),
    seed: z.int().nonnegative().default(0).describe("Other numbers give other masks in a run of the same seed."),
    multipleof: z.int().positive().default(1).describe("Only lengths that it divides."),
  }),
  build(options, context) {
    const { num_patches: N, sample_start: sampleStart, force_full_attn: showAll, seed } = options;
    const lengths = lengthsOf(options, context.where);
    return {
      writes: writeKeyOf(context),
      generate(given) {
        if (showAll) return patchMask(N, () => false);
        const rng = given.fork(`seed ${seed}`);
        const length = lengths[rng.below(lengths.length)] ?? 0;
        const places = sampleStart ? N - length : 0;
        const start = places > 0 ? rng.below(places) : 0;
        return patchMask(N, (patch) => patch < start || patch >= start + length);
      },
    };
  },
});

/** The lengths that a prefix may have, ascending. */
function lengthsOf(
  options: {
    readonly num_patches: number;
    readonly prefix_range: readonly number[];
    readonly multipleof: number;
    readonly force_full_attn: boolean;
  },
  where: string,
): number[] {
  const { num_patches: N, prefix_range: range, multipleof: divisor, force_full_attn: showAll } = options;
  const [shortest = 0, longest = 0] = range;
  const span = Array.from({ length: Math.max(0, longest - shortest + 1) }, (_, i) => shortest + i);
  const lengths = span.filter((length) => length % divisor === 0);
  if (showAll || (lengths.length > 0 && longest <= N)) return lengths;
  const none = lengths.length === 0;
  throw new L3mError("L3M_BAD_OPTION", {
    message: none ? "No prefix has a length that these options allow." : "A prefix would be longer than the image.",
    where: { path: where === "" ? "prefix_range" : `${where}.prefix_range` },
    expected: none ? `a multiple of ${divisor} in the range` : `lengths up to ${N}, the number of patches`,
    got: JSON.stringify(range),
    fix: "Correct prefix_range, or num_patches and multipleof.",
  });
}
