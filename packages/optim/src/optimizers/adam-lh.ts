/** AdamLH: Adam whose weight decay does not depend on the peak learning rate. */
import * as tf from "@l3m/core/tf";
import { defineOptimizer } from "@l3m/core";
import * as z from "zod";

const beta = z.number().min(0).lt(1);

const options = z.strictObject({
  lr: z
    .number()
    .positive()
    .default(1e-3)
    .describe("Reference learning rate: weight_decay is the decay per step where the schedule is at this value."),
  betas: z.tuple([beta, beta]).default([0.9, 0.999]).describe("Decay rates of the two moments."),
  eps: z
    .number()
    .nonnegative()
    .default(1e-8)
    .describe("Added to the root of the second moment, after bias correction."),
  weight_decay: z.number().nonnegative().default(0).describe("Decay per step is lr / (this option's lr) times this."),
});

/**
 * Adam with the fully decoupled weight decay of Loshchilov and Hutter (2019): where `adam-w` decays by `lr wd` per step, this
 * decays by `wd lr / lr0`, with `lr0` the option `lr`. The schedule gives the decay its shape, its peak does not change its
 * size, so `weight_decay` is some 1e-4 where AdamW takes 0.05, and survives a sweep over learning rates.
 *
 * ```text
 * p <- p (1 - wd lr / lr0)
 * m <- b1 m + (1 - b1) g
 * v <- b2 v + (1 - b2) g^2
 * p <- p - lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 * ```
 *
 * Scalars in double precision, tensors in f32. A group's learning-rate factor multiplies its decay too. `lr0` is part of the
 * options and not of a checkpoint: a run that resumes with another `lr` decays at another rate.
 */
export const adamLH = defineOptimizer({
  name: "adam-lh",
  summary: "Adam with weight decay that is independent of the peak learning rate.",
  aliases: ["l3m.optim.adamw_lh.AdamLH"],
  positional: ["params", "lr", "betas", "eps", "weight_decay"],
  ignores: ["params"],
  options,
  build({ lr: lr0, betas: [beta1, beta2], eps, weight_decay }) {
    return {
      slots: ["exp_avg", "exp_avg_sq"],
      lr: lr0,
      weightDecay: weight_decay,
      scalars: (step, { lr, weightDecay }) => ({
        decay: 1 - (weightDecay * lr) / lr0,
        step_size: lr / (1 - beta1 ** step),
        second_root: Math.sqrt(1 - beta2 ** step),
      }),
      update({ param, grad, slots, scalars }) {
        const { exp_avg: m0, exp_avg_sq: v0 } = slots as Record<"exp_avg" | "exp_avg_sq", tf.Tensor>;
        const { decay, step_size, second_root } = scalars as Record<"decay" | "step_size" | "second_root", tf.Tensor>;
        const m = tf.add(tf.mul(m0, beta1), tf.mul(grad, 1 - beta1));
        const v = tf.add(tf.mul(v0, beta2), tf.mul(tf.square(grad), 1 - beta2));
        const spread = tf.add(tf.div(tf.sqrt(v), second_root), eps);
        const moved = tf.sub(tf.mul(param, decay), tf.div(tf.mul(step_size, m), spread));
        return { param: moved, slots: { exp_avg: m, exp_avg_sq: v } };
      },
    };
  },
});
