/** Which tokens lie in the past of which. N tokens. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { iota } from "@l3m/tfjs-kernels";

/** Bool `[1, N, N]`: row = query, column = key; true where the key is the query or stands before it. */
export function causalMask(N: number): Tensor {
  return tf.lessEqual(iota([1, N, N], 2), iota([1, N, N], 1));
}
