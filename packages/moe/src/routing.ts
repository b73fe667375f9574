/**
 * Which experts a token goes to. T tokens, D width, E experts, k experts per token, S = T k assignments (token by token, the
 * choices of a token one after the other).
 */
import * as tf from "@l3m/core/tf";
import { castPrecision, detach, iota, linear } from "@l3m/core/nn";
import type { BuildContext, ForwardContext } from "@l3m/core";
import { isClass } from "./one-hot.ts";

type Tensor = tf.Tensor;

export interface RouterOptions {
  /** D. */
  readonly width: number;
  /** E. */
  readonly experts: number;
  /** k. */
  readonly topK: number;
  /** Order of the norm that the k weights of a token are divided by; 0 leaves the probabilities as they are. */
  readonly normOrder: number;
  /** Assignment i goes to expert i mod E, whatever the router says. */
  readonly uniform: boolean;
  /** In training the router sees `x * U(1 - jitter, 1 + jitter)`; 0 is none. */
  readonly jitter: number;
}

export interface Routing {
  /** Router probabilities, float32 `[T, E]`. */
  readonly scores: Tensor;
  /** Weight of each choice, float32 `[T, k]`, largest first. */
  readonly weights: Tensor;
  /** Expert of each choice, int32 `[T, k]`. */
  readonly indices: Tensor;
  /** Assignments per expert, int32 `[E]`; they sum to S. */
  readonly counts: Tensor;
}

/**
 * A softmax router (Shazeer et al. 2017) with the parameter `layer.weight [E, D]`. Everything in it is f32 in every precision, since
 * a rounded logit sends its token elsewhere (Fedus et al. 2021, 2.4). Equal probabilities go to the lower expert number. Gradients flow through scores and weights; indices and counts are constants.
 */
export function router(context: BuildContext, options: RouterOptions): (x_TD: Tensor, f: ForwardContext) => Routing {
  const { width: D, experts: E, topK: k, normOrder, uniform, jitter } = options;
  const weight = context.param("layer.weight", [E, D], {
    init: { kind: "normal", std: 0.02 },
    role: "linear.weight",
    axes: ["expert", "embed"],
    precision: "f32",
  });
  return (x_TD, forward) => {
    const wide = castPrecision(x_TD, "f32");
    const noisy = forward.train && jitter > 0 ? jittered(wide, jitter, forward, context.path) : wide;
    const scores = tf.softmax(linear(noisy, weight.value));
    const [T = 0] = scores.shape;
    const chosen_TK = tf.topk(detach(scores), k).indices;
    const indices = uniform ? tf.reshape(tf.mod(iota([T * k]), tf.scalar(E, "int32")), [T, k]) : chosen_TK;
    // one-hot sums instead of gathers: every kernel has a gradient, and one probability is all that is not zero
    const picked = tf.sum(tf.mul(tf.cast(isClass(chosen_TK, E), "float32"), tf.expandDims(scores, 1)), -1);
    const counts = tf.sum(tf.cast(isClass(indices, E), "int32"), [0, 1]);
    return { scores, weights: normOrder === 0 ? picked : tf.div(picked, norm(picked, normOrder)), indices, counts };
  };
}

function jittered(x: Tensor, eps: number, forward: ForwardContext, path: string): Tensor {
  const u = forward.rng.child(path).uniform("jitter", x.shape);
  return tf.mul(x, tf.add(tf.mul(u, 2 * eps), 1 - eps));
}

/** The norm of order q of each row, `[T, 1]`. */
function norm(w_TK: Tensor, q: number): Tensor {
  if (q === 1) return tf.sum(tf.abs(w_TK), -1, true);
  return tf.pow(tf.sum(tf.pow(tf.abs(w_TK), q), -1, true), 1 / q);
}
