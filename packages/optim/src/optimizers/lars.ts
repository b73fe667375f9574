/** LARS: momentum with a learning rate for each layer, in proportion to the size of its weights. */
import * as tf from "@l3m/core/tf";
import { defineOptimizer } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  lr: z.number().nonnegative().default(0).describe("Base learning rate; a schedule replaces it."),
  weight_decay: z.number().nonnegative().default(0).describe("Times the parameter, this is added to its gradient."),
  momentum: z.number().nonnegative().default(0.9).describe("Share of the last update that is kept."),
  trust_coefficient: z
    .number()
    .nonnegative()
    .default(0.001)
    .describe("Length of an update, at lr 1 and without momentum, over the length of the parameter."),
});

/**
 * Layer-wise adaptive rate scaling (You, Gitman and Ginsburg 2017) for large batches. Per parameter tensor:
 *
 * ```text
 * d  <- g + wd p
 * d  <- trust_coefficient |p| / |d| * d    (unless one of the norms is 0)
 * mu <- momentum mu + d
 * p  <- p - lr mu
 * ```
 *
 * Parameters of rank 0 and 1 (biases, the gains of norms) are neither decayed nor adapted: `d = g`. The norms are those of
 * the whole tensor, also where it is sharded over devices.
 */
export const lars = defineOptimizer({
  name: "lars",
  summary: "Momentum with layer-wise adaptive rates, for large batches.",
  aliases: ["l3m.optim.lars.LARS"],
  positional: ["params", "lr", "weight_decay", "momentum", "trust_coefficient"],
  ignores: ["params"],
  options,
  build({ lr, weight_decay, momentum, trust_coefficient }) {
    return {
      slots: ["mu"],
      lr,
      weightDecay: weight_decay,
      scalars: (_step, group) => ({ lr: group.lr, weight_decay: group.weightDecay }),
      update({ param, grad, slots, scalars }) {
        const { lr, weight_decay } = scalars as Record<"lr" | "weight_decay", tf.Tensor>;
        const decayed = (): tf.Tensor => tf.add(grad, tf.mul(weight_decay, param));
        const direction = param.rank > 1 ? trusted(decayed(), param, trust_coefficient) : grad;
        const mu = tf.add(tf.mul(slots["mu"] as tf.Tensor, momentum), direction);
        return { param: tf.sub(param, tf.mul(lr, mu)), slots: { mu } };
      },
    };
  },
});

/** `direction` with `coefficient` times the length of `param`; as it is where one of the two is zero. */
function trusted(direction: tf.Tensor, param: tf.Tensor, coefficient: number): tf.Tensor {
  const size = tf.sqrt(tf.sum(tf.square(param)));
  const length = tf.sqrt(tf.sum(tf.square(direction)));
  const both = tf.logicalAnd(tf.greater(size, 0), tf.greater(length, 0));
  const ratio = tf.div(tf.mul(size, coefficient), length);
  return tf.mul(tf.where(both, ratio, tf.onesLike(ratio)), direction);
}
