import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { iota } from "@l3m/tfjs-kernels";

/** Per row `logsumexp(z) - z[target]`: logits `[B, C]`, targets int32 `[B]`, result `[B]` (torch `F.cross_entropy`, no reduction). */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const isTarget = tf.equal(iota([1, logits.shape[1] ?? 0], 1), tf.expandDims(tf.cast(targets, "int32"), 1));
  const picked = tf.sum(tf.where(isTarget, logits, tf.zerosLike(logits)), 1);
  return tf.sub(logSumExp(logits), picked);
}

/** `log(sum(exp(z)))` over the last axis, without overflow. */
export function logSumExp(logits: Tensor): Tensor {
  const peak = tf.max(logits, -1, true);
  const total = tf.sum(tf.exp(tf.sub(logits, peak)), -1, true);
  return tf.squeeze(tf.add(tf.log(total), peak), [-1]);
}
