/** RmsNorm (Zhang and Sennrich 2019) as one kernel that keeps its input and one number per row for the backward pass. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { inFormatOf } from "./activation-kernel.ts";

/** Kernel name. Inputs x `[..., C]` and weight `[C]`. Outputs: y, in the format of x, and 1 / root mean square, f32 `[..., 1]`. */
export const RmsNorm = "RmsNorm";
/** Kernel name. Inputs x, weight, rstd, dy. Outputs: the gradients of x, in its format, and of the weight, f32. */
export const RmsNormGrad = "RmsNormGrad";

export interface RmsNormAttrs {
  /** Added to the mean square. */
  readonly eps: number;
}

const runGrad = defineKernel<object>({
  name: RmsNormGrad,
  inputs: ["x", "weight", "rstd", "dy"],
  fallback: (inputs) => {
    const { x, weight, rstd, dy } = inputs as { x: Tensor; weight: Tensor; rstd: Tensor; dy: Tensor };
    const scaled = tf.mul(dy, rstd);
    const dUnit = tf.mul(scaled, weight); // gradient of the unit row, over its root mean square
    const slope = tf.mul(tf.mean(tf.mul(dUnit, x), -1, true), tf.square(rstd));
    const rows = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
    return [inFormatOf(x, tf.sub(dUnit, tf.mul(x, slope))), tf.sum(tf.mul(scaled, x), rows)];
  },
});

const run = defineKernel<RmsNormAttrs>({
  name: RmsNorm,
  inputs: ["x", "weight"],
  fallback: (inputs, { eps }) => {
    const { x, weight } = inputs as { x: Tensor; weight: Tensor };
    const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), eps));
    return [inFormatOf(x, tf.mul(inFormatOf(x, tf.mul(x, rstd)), weight)), rstd];
  },
  outputsToSave: [false, true],
  gradient: ([dy], [x, weight], _attrs, [rstd]) => {
    const inputs = [x, weight, rstd, dy] as Tensor[];
    const [dx, dWeight] = runGrad(inputs, {}) as [Tensor, Tensor]; // at once: they come of one kernel
    return { x: () => dx, weight: () => dWeight };
  },
});

/**
 * `x / sqrt(mean(x^2) + eps) * weight` over the last axis (ml-l3m `RMSNorm`), in the format of `x`. Computed in f32; the normalised
 * value is rounded to the format of `x` before the gain, and the result again.
 */
export function rmsNorm(x: Tensor, weight: Tensor, eps: number): Tensor {
  const [y, rstd] = run([x, weight], { eps }) as [Tensor, Tensor];
  tf.dispose(rstd); // the tape has its own
  return y;
}
