/**
 * Scaled dot-product attention as one kernel (Vaswani et al. 2017), which an engine may run without ever storing the scores.
 * Shape letters: attention-scores.ts.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { type AttentionDropoutAttrs, dropoutFactors } from "./attention-dropout.ts";
import { attentionScores, type FusedAttentionAttrs, groupHeads, HIDDEN_SCORE, maskAndKey } from "./attention-scores.ts";
import { castPrecision, physicalDtype } from "./cast-precision.ts";
import { type AttentionCall, attentionBiasGradient, fusedAttentionGrad } from "./fused-attention-grad.ts";

/**
 * Kernel name. Inputs, as a list: q `[B, H, N, d]`, k and v `[B, G, M, d]`, optionally a mask `[B|1, H|1, N|1, M|1]`, bool (true =
 * may be attended) or float (added to the scaled scores), and with dropout its key int32 `[2]`. Outputs: o `[B, H, N, d]` and logsumexp f32 `[B, H, N]`, the
 * logarithm of the softmax's denominator (`-HIDDEN_SCORE` for a query that may attend to nothing).
 */
export const FusedAttention = "FusedAttention";

export interface FusedAttentionOptions {
  /** Factor on `q k^T`; default `1 / sqrt(d)`. */
  readonly scale?: number | undefined;
  /** Keys after the query are hidden (top-left aligned). Default false. */
  readonly causal?: boolean | undefined;
  /** Bool (true = may be attended) or float (added; `HIDDEN_SCORE` or less hides), broadcastable to `[B, H, N, M]`. */
  readonly mask?: Tensor | undefined;
  /** Dropout on the probabilities, by the numbers of a key int32 `[2]`. They are drawn again for the gradient, not kept. */
  readonly dropout?: (AttentionDropoutAttrs & { readonly key: Tensor }) | undefined;
}

type KernelTensors = [Tensor, Tensor, Tensor, ...Tensor[]];

const run = defineKernel<FusedAttentionAttrs>({
  name: FusedAttention,
  inputs: "list",
  fallback: (inputs, attrs) => {
    const [q, k, v, ...rest] = Object.values(inputs) as KernelTensors;
    const { mask, key } = maskAndKey(rest, attrs);
    const scores_BHNM = attentionScores({ q, k, v, mask, key }, attrs);
    const largest_BHN1 = tf.max(scores_BHNM, 3, true);
    const attends = tf.greater(largest_BHN1, HIDDEN_SCORE);
    const e_BHNM = tf.exp(tf.sub(scores_BHNM, largest_BHN1));
    const sum_BHN1 = tf.sum(e_BHNM, 3, true);
    const p_BHNM = tf.mul(e_BHNM, tf.where(attends, tf.reciprocal(sum_BHN1), 0));
    const logsumexp = tf.where(attends, tf.add(largest_BHN1, tf.log(sum_BHN1)), -HIDDEN_SCORE);
    const [, G = 1] = k.shape;
    const mixing_BHNM =
      attrs.dropout === undefined || key === undefined
        ? p_BHNM
        : tf.mul(p_BHNM, dropoutFactors(key, attrs.dropout, p_BHNM.shape));
    return [tf.reshape(tf.matMul(groupHeads(mixing_BHNM, G), v), q.shape), tf.squeeze(logsumexp, [3])];
  },
  outputsToSave: [true, true],
  gradient: ([dy], inputs, attrs, outputs) => {
    const [q, k, v, ...rest] = inputs as KernelTensors;
    const [o, logsumexp] = outputs as [Tensor, Tensor];
    const call: AttentionCall = { q, k, v, ...maskAndKey(rest, attrs), o, logsumexp, dy: dy as Tensor };
    const [dq, dk, dv] = fusedAttentionGrad(call, attrs); // at once: the three come of one kernel
    return { 0: () => dq, 1: () => dk, 2: () => dv, 3: () => maskGradient(call, attrs) };
  },
});

/**
 * `softmax(q k^T scale + mask) v`, `[B, H, N, d]`, for q `[B, H, N, d]` and k, v `[B, G, M, d]`; each of the G key/value heads serves
 * H / G consecutive query heads. A query that may attend to nothing gives zeros, with zero gradients. Gradients flow to q, k, v
 * and to a float mask.
 */
export function fusedAttention(q: Tensor, k: Tensor, v: Tensor, options: FusedAttentionOptions = {}): Tensor {
  const { causal = false, mask, dropout } = options;
  const attrs: FusedAttentionAttrs = {
    scale: options.scale ?? 1 / Math.sqrt(q.shape[3] ?? 1),
    causal,
    ...(dropout === undefined ? {} : { dropout: { probability: dropout.probability, stream: dropout.stream } }),
  };
  const rest = [mask === undefined ? undefined : withFourDimensions(mask), dropout?.key];
  return run([q, k, v, ...rest.flatMap((input) => input ?? [])], attrs)[0] as Tensor;
}

/** Called only for a mask that something differentiates by. */
function maskGradient(call: AttentionCall, attrs: FusedAttentionAttrs): Tensor {
  const mask = call.mask as Tensor;
  if (mask.dtype !== "float32") return tf.zeros(mask.shape); // a choice, not a number
  return castPrecision(attentionBiasGradient(call, mask, attrs), physicalDtype(mask));
}

function withFourDimensions(mask: Tensor): Tensor {
  return mask.rank === 4 ? mask : tf.reshape(mask, [...[1, 1, 1, 1].slice(mask.rank), ...mask.shape]);
}
