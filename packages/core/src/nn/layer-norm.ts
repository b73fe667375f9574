import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * Layer normalisation over the last `axes` dimensions (default 1) with biased variance: `(x - mean) / sqrt(var + eps) * weight + bias`
 * (Ba et al. 2016; torch `F.layer_norm`).
 */
export function layerNorm(
  x: Tensor,
  options: { weight?: Tensor | undefined; bias?: Tensor | undefined; eps: number; axes?: number },
): Tensor {
  const count = options.axes ?? 1;
  const axes = Array.from({ length: count }, (_, i) => x.rank - count + i);
  const centred = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centred), axes, true);
  const unit = tf.mul(centred, tf.rsqrt(tf.add(variance, options.eps)));
  const scaled = options.weight === undefined ? unit : tf.mul(unit, options.weight);
  return options.bias === undefined ? scaled : tf.add(scaled, options.bias);
}
