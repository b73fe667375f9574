/**
 * Gradients of Sum and Mean as broadcasts. The stock ones multiply by a host array of ones, which a traced program would
 * carry as a constant the size of the input.
 */
import { type GradConfig, Mean, Sum, type Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";

export const sumGradient: GradConfig = {
  kernelName: Sum,
  inputsToSave: ["x"],
  gradFunc: (dy, saved, attrs) => {
    const x = saved[0] as Tensor;
    return { x: () => spread(dy as Tensor, x.shape, reducedAxes(attrs["axis"], x.rank)) };
  },
};

export const meanGradient: GradConfig = {
  kernelName: Mean,
  inputsToSave: ["x"],
  gradFunc: (dy, saved, attrs) => {
    const x = saved[0] as Tensor;
    const axes = reducedAxes(attrs["axis"], x.rank);
    const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
    return { x: () => tf.mul(spread(dy as Tensor, x.shape, axes), 1 / count) };
  },
};

function reducedAxes(axis: unknown, rank: number): number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, i) => i);
  return (Array.isArray(axis) ? axis : [axis]).map((i: number) => (i < 0 ? i + rank : i));
}

/** Broadcasts `dy`, which lacks (or has as 1) the reduced `axes`, back to `shape`. */
function spread(dy: Tensor, shape: number[], axes: number[]): Tensor {
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return tf.broadcastTo(tf.reshape(dy, kept), shape);
}
