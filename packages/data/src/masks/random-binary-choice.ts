/** A coin for every sample. */
import { defineMaskGenerator } from "@l3m/core";
import { z } from "zod";
import { writeKeyOf } from "./write-key.ts";

/**
 * The mask generator `data/random-binary-choice`: an array of shape `[]`, so `[B]` in a batch. What a builder of masks that are
 * causal in some samples reads.
 */
export const randomBinaryChoice = defineMaskGenerator({
  name: "random-binary-choice",
  summary: "1 with a given probability, else 0.",
  aliases: ["l3m.helpers.utils.RandomBinaryChoice"],
  positional: ["prob", "seed", "cast_type"],
  options: z.strictObject({
    prob: z.number().min(0).max(1).describe("Probability of 1."),
    seed: z.int().nonnegative().default(0).describe("Other numbers give other choices in a run of the same seed."),
    cast_type: z.enum(["int", "float", "bool"]).default("int").describe("Type: int32, float32, or a byte."),
  }),
  build({ prob, seed, cast_type: type }, context) {
    const Numbers = { int: Int32Array, float: Float32Array, bool: Uint8Array }[type];
    return {
      writes: writeKeyOf(context),
      generate: (rng) => ({ data: Numbers.of(Number(rng.fork(`seed ${seed}`).float() < prob)), shape: [] }),
    };
  },
});
