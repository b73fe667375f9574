/** Gradients of SplitV and Unpack. The stock ones forget that tfjs hands over the gradient of a single part bare. */
import { type GradConfig, SplitV, type Tensor, Unpack } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";

export const splitGradient: GradConfig = {
  kernelName: SplitV,
  gradFunc: (dy, _saved, attrs) => ({ x: () => tf.concat(parts(dy), attrs["axis"] as number) }),
};

export const unpackGradient: GradConfig = {
  kernelName: Unpack,
  gradFunc: (dy, _saved, attrs) => ({ value: () => tf.stack(parts(dy), attrs["axis"] as number) }),
};

function parts(dy: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(dy) ? dy : [dy];
}
