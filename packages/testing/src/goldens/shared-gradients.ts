/**
 * A property of the recordings, not of ml-l3m's mathematics. PyTorch keeps the first gradient of a parameter by reference and adds
 * later ones to it in place. In chunks of one text nothing is summed over the batch, so the gradients of the class token and of
 * the first row of the table of positions are views of the same memory, and whatever is done in place to one is done to both:
 * a later chunk is added twice, the clipping multiplies twice. L3M counts every chunk once. (`models/config_aimv2_moe_a`: the
 * norm of the true gradients is 4.193777, the recorded one 4.656234; with this rule it is reproduced to seven digits.)
 */
import * as tf from "@l3m/core/tf";

type Tensor = tf.Tensor;

const CLASS_TOKEN = "cls_token";
const POSITIONS = "positional_embedding";

/** The gradients of `paths`, those elements multiplied by `factor` that share memory with others in chunks of one text. */
export function scaleShared<G extends Tensor | undefined>(
  paths: readonly string[],
  grads: readonly G[],
  factor: Tensor | number,
): readonly (G | Tensor)[] {
  const partner = (path: string, own: string, other: string): boolean =>
    path.endsWith(own) && paths.includes(path.slice(0, -own.length) + other);
  return paths.map((path, i) => {
    const grad = grads[i] as G;
    if (grad === undefined) return grad;
    if (partner(path, CLASS_TOKEN, POSITIONS)) return tf.mul(grad, factor);
    if (!partner(path, POSITIONS, CLASS_TOKEN)) return grad;
    const [N = 0, D = 0] = grad.shape;
    return tf.concat([tf.mul(tf.slice(grad, [0, 0], [1, D]), factor), tf.slice(grad, [1, 0], [N - 1, D])], 0);
  });
}
