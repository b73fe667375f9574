/** Load-balancing loss (Shazeer et al. 2017; Fedus et al. 2021). T tokens, E experts, k experts per token, S = T k. */
import * as tf from "@l3m/core/tf";
import type { Routing } from "./routing.ts";

/** Name of the side loss that layers emit and of the metric that reports it. */
export const BALANCING_LOSS = "moe/load_balancing_loss";

/**
 * One layer's part of the mean over `layers` layers: `weight * E / (layers * S) * sum_e counts_e * mean_t scores_te`, a float32
 * scalar. Uniform counts or uniform scores give exactly `weight`, summed over the layers; all tokens on one expert give up to
 * `weight * E`. Gradients flow through the scores only.
 */
export function loadBalancingLoss(
  { scores, counts }: Pick<Routing, "scores" | "counts">,
  options: { readonly weight: number; readonly layers: number; readonly topK: number },
): tf.Tensor {
  const [T = 0, E = 0] = scores.shape;
  const load = tf.sum(tf.mul(tf.cast(counts, "float32"), tf.mean(scores, 0)));
  return tf.mul(load, (options.weight * E) / (options.layers * T * options.topK));
}
