/** Targets of pixel losses with mean 0 and variance 1. B batch, N patches, C values of a patch. */
import * as tf from "@l3m/core/tf";

const EPSILON = 1e-6;

/** `(x - mean) / sqrt(variance + 1e-6)` over `axes` of `[B, N, C]`, with the unbiased variance (He et al. 2022, section 4.1). */
export function standardisePatches(x_BNC: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const over = axes.map((axis) => (axis < 0 ? axis + x_BNC.rank : axis));
  const count = over.reduce((product, axis) => product * (x_BNC.shape[axis] ?? 1), 1);
  const centred = tf.sub(x_BNC, tf.mean(x_BNC, over, true));
  const variance = tf.div(tf.sum(tf.square(centred), over, true), count - 1);
  return tf.div(centred, tf.sqrt(tf.add(variance, EPSILON)));
}
