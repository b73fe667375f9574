/** AdamW: Adam with decoupled weight decay. */
import * as tf from "@l3m/core/tf";
import { defineOptimizer } from "@l3m/core";
import * as z from "zod";

const beta = z.number().min(0).lt(1);

const options = z.strictObject({
  lr: z.number().nonnegative().default(1e-3).describe("Base learning rate; a schedule replaces it."),
  betas: z.tuple([beta, beta]).default([0.9, 0.999]).describe("Decay rates of the two moments."),
  eps: z
    .number()
    .nonnegative()
    .default(1e-8)
    .describe("Added to the root of the second moment, after bias correction."),
  weight_decay: z.number().nonnegative().default(1e-2).describe("Decay per step is lr times this."),
  amsgrad: z.boolean().default(false).describe("Divide by the largest second moment so far (Reddi et al. 2018)."),
  maximize: z.boolean().default(false).describe("Climb instead of descend."),
});

/**
 * `p <- p (1 - lr wd)`, `m <- m + (1 - b1)(g - m)`, `v <- b2 v + (1 - b2) g^2`,
 * `p <- p - lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)` (Loshchilov and Hutter 2019; the arithmetic of
 * `torch.optim.AdamW`: scalars in double precision, tensors in f32). With `amsgrad` the largest `v` so far stands in for `v` below.
 */
export const adamW = defineOptimizer({
  name: "adam-w",
  summary: "Adam with decoupled weight decay, as in PyTorch.",
  aliases: ["torch.optim.AdamW", "torch.optim.adamw.AdamW"],
  positional: ["params", "lr", "betas", "eps", "weight_decay", "amsgrad"],
  ignores: ["params", "fused", "foreach", "capturable", "differentiable"],
  options,
  build({ lr, betas: [beta1, beta2], eps, weight_decay, amsgrad, maximize }) {
    return {
      slots: ["exp_avg", "exp_avg_sq", ...(amsgrad ? ["max_exp_avg_sq"] : [])],
      lr,
      weightDecay: weight_decay,
      scalars: (step, group) => ({
        decay: 1 - group.lr * group.weightDecay,
        step_size: group.lr / (1 - beta1 ** step),
        second_root: Math.sqrt(1 - beta2 ** step),
      }),
      update({ param, grad: given, slots, scalars }) {
        const grad = maximize ? tf.neg(given) : given;
        const { exp_avg: m0, exp_avg_sq: v0 } = slots as Record<"exp_avg" | "exp_avg_sq", tf.Tensor>;
        const { decay, step_size, second_root } = scalars as Record<"decay" | "step_size" | "second_root", tf.Tensor>;
        const m = tf.add(m0, tf.mul(tf.sub(grad, m0), 1 - beta1));
        const v = tf.add(tf.mul(v0, beta2), tf.mul(tf.square(grad), 1 - beta2));
        const largest = amsgrad ? tf.maximum(slots["max_exp_avg_sq"] as tf.Tensor, v) : v;
        const spread = tf.add(tf.div(tf.sqrt(largest), second_root), eps);
        const moved = tf.sub(tf.mul(param, decay), tf.mul(step_size, tf.div(m, spread)));
        const moments = { exp_avg: m, exp_avg_sq: v };
        return { param: moved, slots: amsgrad ? { ...moments, max_exp_avg_sq: largest } : moments };
      },
    };
  },
});
