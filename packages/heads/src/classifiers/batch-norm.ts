/** Batch normalisation without gain and bias, for probes. B batch, D features. */
import * as tf from "@l3m/core/tf";
import { detach } from "@l3m/core/nn";
import { type BuildContext, type ForwardContext, ONES, ZEROS } from "@l3m/core";

const EPSILON = 1e-6;
const MOMENTUM = 0.1;

/**
 * Normalises each of the last axis's `width` features over all other axes (Ioffe and Szegedy 2015; torch `BatchNorm1d(width,
 * affine=False, eps=1e-6)`): in training by the statistics of the batch, which also move the running ones (momentum 0.1,
 * unbiased variance); in eval by the running ones. Buffers `running_mean`, `running_var` `[width]`, `num_batches_tracked` int32.
 */
export function batchNormParams(
  context: BuildContext,
  width: number,
): (x: tf.Tensor, forward: ForwardContext) => tf.Tensor {
  const runningMean = context.buffer("running_mean", [width], { init: ZEROS });
  const runningVar = context.buffer("running_var", [width], { init: ONES });
  const batches = context.buffer("num_batches_tracked", [], { init: ZEROS, dtype: "int32" });
  return (x, { train, state }) => {
    if (!train) return normalise(x, state.get(runningMean), state.get(runningVar));
    const axes = x.shape.map((_, axis) => axis).slice(0, -1);
    const mean = tf.mean(x, axes);
    const variance = tf.mean(tf.square(tf.sub(x, mean)), axes);
    const count = x.size / width;
    const move = (old: tf.Tensor, now: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(old, 1 - MOMENTUM), tf.mul(detach(now), MOMENTUM));
    state.set(runningMean, move(state.get(runningMean), mean));
    state.set(runningVar, move(state.get(runningVar), tf.mul(variance, count / (count - 1))));
    state.set(batches, tf.add(state.get(batches), tf.scalar(1, "int32")));
    return normalise(x, mean, variance);
  };
}

function normalise(x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor): tf.Tensor {
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, EPSILON)));
}
