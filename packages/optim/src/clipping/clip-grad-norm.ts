/** Clipping by the global norm of all gradients. */
import * as tf from "@l3m/core/tf";

/** Keeps the factor finite when every gradient is zero. */
const EPSILON = 1e-6;

/**
 * Multiplies every gradient by `min(1, maxNorm / (norm + 1e-6))`, where `norm` is the L2 norm over all of them together
 * (Pascanu et al. 2013; `torch.nn.utils.clip_grad_norm_`, but pure). A NaN anywhere makes everything NaN; an infinite
 * gradient makes the finite ones 0.
 *
 * @param grads float tensors of any shapes; undefined for a parameter without gradient, which stays undefined.
 * @param maxNorm 0 gives zeros.
 * @returns `norm`: float32 scalar before clipping; `grads` in the same order.
 */
export function clipGradNorm<G extends tf.Tensor | undefined>(
  grads: readonly G[],
  maxNorm: number,
): { norm: tf.Tensor; grads: G[] } {
  const squares = grads.flatMap((grad) => (grad === undefined ? [] : [tf.sum(tf.square(grad))]));
  const norm = tf.sqrt(squares.reduce<tf.Tensor>((total, square) => tf.add(total, square), tf.scalar(0)));
  const factor = tf.minimum(tf.div(maxNorm, tf.add(norm, EPSILON)), 1);
  return { norm, grads: grads.map((grad) => (grad === undefined ? grad : (tf.mul(grad, factor) as G))) };
}
