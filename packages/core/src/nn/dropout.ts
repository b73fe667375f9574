import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { castPrecision, physicalDtype } from "@l3m/tfjs-kernels";
import type { Rng } from "../random/rng.ts";

/** Dropout in training: zero with probability `probability`, the rest times `1 / (1 - probability)` (Srivastava et al. 2014). */
export function dropout(x: Tensor, probability: number, rng: Rng, name = "dropout"): Tensor {
  if (probability === 0) return x;
  if (probability === 1) return tf.zerosLike(x);
  const keep = rng.keep(name, x.shape, 1 - probability);
  return masked(x, tf.mul(tf.cast(keep, "float32"), 1 / (1 - probability)));
}

/** Stochastic depth in training: one draw per sample over axis 0 (Huang et al. 2016; timm `DropPath`). */
export function dropPath(
  x: Tensor,
  probability: number,
  rng: Rng,
  options: { name?: string; scaleByKeep?: boolean } = {},
): Tensor {
  if (probability === 0) return x;
  const kept = 1 - probability;
  const shape = x.shape.map((size, axis) => (axis === 0 ? size : 1));
  const keep = tf.cast(rng.keep(options.name ?? "keep", shape, kept), "float32");
  return masked(x, kept > 0 && (options.scaleByKeep ?? true) ? tf.mul(keep, 1 / kept) : keep);
}

/** `x factors` in the format of `x`; the factors are f32, where 1 / 0.9 has no place in bf16. */
function masked(x: Tensor, factors: Tensor): Tensor {
  return castPrecision(tf.mul(x, factors), physicalDtype(x));
}
