import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { castPrecision, physicalDtype } from "@l3m/tfjs-kernels";

/**
 * `x / sqrt(mean(x^2) + eps) * weight` over the last axis (Zhang and Sennrich 2019; ml-l3m `RMSNorm`). Computed in f32; the
 * normalised value is rounded to the format of `x` before the gain, and the result again.
 */
export function rmsNorm(x: Tensor, weight: Tensor, eps: number): Tensor {
  const format = physicalDtype(x);
  const x32 = castPrecision(x, "f32");
  const unit = tf.mul(x32, tf.rsqrt(tf.add(tf.mean(tf.square(x32), -1, true), eps)));
  return castPrecision(tf.mul(castPrecision(unit, format), weight), format);
}
