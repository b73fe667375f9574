/** Loss and gradients on tfjs's tape. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";

export interface ValueAndGrads {
  readonly value: Tensor;
  /** In the order of `variables`; undefined where the loss does not depend on one. */
  readonly grads: readonly (Tensor | undefined)[];
}

/** The scalar `objective()` and its gradients with respect to `variables`. */
export function valueAndGrads(objective: () => Tensor, variables: readonly Tensor[]): ValueAndGrads {
  const { value, grads } = tf.engine().gradients(() => objective() as tf.Scalar, [...variables], undefined, true);
  return { value, grads: grads as (Tensor | undefined)[] };
}
