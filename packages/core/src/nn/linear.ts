import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { checkTrailingShape } from "./trailing-shape.ts";

/**
 * `x W^T (+ b)`: x `[..., in]`, weight `[out, in]`, bias `[out]`, result `[..., out]` (torch `F.linear`). Flattens to two
 * dimensions, since tfjs's matMul gradient is wrong for operands of different rank.
 *
 * @throws L3M_BAD_SHAPE for another width
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  checkTrailingShape(x, weight.shape.slice(1));
  const lead = x.shape.slice(0, -1);
  const y_TO = tf.matMul(tf.reshape(x, [lead.reduce((a, b) => a * b, 1), weight.shape[1] ?? 1]), weight, false, true);
  const biased = bias === undefined ? y_TO : tf.add(y_TO, bias);
  return tf.reshape(biased, [...lead, weight.shape[0] ?? 1]);
}
