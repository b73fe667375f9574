/** One-hot rows for any number of classes (tfjs's own needs two). */
import * as tf from "@l3m/core/tf";
import { iota } from "@l3m/core/nn";

/** int32 `[...]` to bool `[..., classes]`, true where the class is the id. */
export function isClass(ids: tf.Tensor, classes: number): tf.Tensor {
  return tf.equal(tf.expandDims(ids, -1), iota([...ids.shape.map(() => 1), classes], ids.rank));
}
