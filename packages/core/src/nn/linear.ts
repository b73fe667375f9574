import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * `x W^T (+ b)`: x `[..., in]`, weight `[out, in]`, bias `[out]`, result `[..., out]` (torch `F.linear`). Flattens to two
 * dimensions, since tfjs's matMul gradient is wrong for operands of different rank.
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const lead = x.shape.slice(0, -1);
  const y_TO = tf.matMul(tf.reshape(x, [-1, x.shape.at(-1) ?? 1]), weight, false, true);
  const biased = bias === undefined ? y_TO : tf.add(y_TO, bias);
  return tf.reshape(biased, [...lead, weight.shape[0] ?? 1]);
}
