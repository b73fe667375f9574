import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { castPrecision, detach } from "@l3m/tfjs-kernels";

/**
 * `x / max(||x||, epsilon)` over the last axis (torch `F.normalize`, epsilon 1e-12), f32 whatever the format of `x`. A zero vector
 * stays zero, and no gradient is NaN.
 */
export function l2Normalize(vectors: Tensor, epsilon = 1e-12): Tensor {
  const x = castPrecision(vectors, "f32");
  const squares = tf.sum(tf.square(x), -1, true);
  const isZero = tf.lessEqual(detach(squares), epsilon * epsilon); // comparisons have no gradient in tfjs
  const norm = tf.sqrt(tf.where(isZero, tf.onesLike(squares), squares));
  return tf.div(x, tf.where(isZero, tf.fill(squares.shape, epsilon), norm));
}
