/** ShuffleBatchDim: now and then another order of the batch. B batch. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { iota } from "@l3m/tfjs-kernels";
import * as z from "zod";
import { defineBlock } from "../contract/define-block.ts";
import { read, write } from "../contract/ports.ts";
import type { Rng } from "../random/rng.ts";

export const shuffleBatchDim = defineBlock({
  name: "shuffle-batch-dim",
  summary: "With a given probability permutes the rows of the batch, in training and in evaluation.",
  aliases: ["l3m.model.utils.ShuffleBatchDim"],
  positional: ["shuffling_probability", "seed"],
  options: z.strictObject({
    shuffling_probability: z.number().gt(0).lt(1).describe("Probability that a batch is permuted."),
    seed: z.int().describe("Tells blocks apart that are to draw differently; the seed of the run counts too."),
  }),
  ports: { x: read(null, "B ..."), y: write(null, "B ...") },
  build: ({ shuffling_probability, seed }) => ({
    forward({ x }, { rng }) {
      const B = x.shape[0] ?? 0;
      const own = rng.child(`shuffle-${seed}`);
      const isShuffled = own.keep("whether", [1], shuffling_probability);
      const order_B = tf.where(isShuffled, permutation(own, B), iota([B]));
      return { y: tf.gather(x, order_B) };
    },
  }),
});

/** A uniformly drawn permutation of 0..B-1, int32 `[B]`: the ranks of B random numbers, equal ones by their place. */
function permutation(rng: Rng, B: number): Tensor {
  const draws = rng.uniform("order", [B]);
  const [mine, other] = [tf.reshape(draws, [B, 1]), tf.reshape(draws, [1, B])];
  const isEarlier_BB = tf.less(iota([B, B], 1), iota([B, B], 0));
  const isBefore_BB = tf.logicalOr(tf.less(other, mine), tf.logicalAnd(tf.equal(other, mine), isEarlier_BB));
  return tf.sum(tf.cast(isBefore_BB, "int32"), 1);
}
