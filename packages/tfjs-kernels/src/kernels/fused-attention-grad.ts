/**
 * The gradient of fused attention. Only inputs, output and the logsumexp of every row are kept from the forward pass; the
 * probabilities are computed again (Dao et al., "FlashAttention", 2022, algorithm 4). Shape letters: attention-scores.ts.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { dropoutFactors } from "./attention-dropout.ts";
import {
  type AttentionInputs,
  attentionScores,
  type FusedAttentionAttrs,
  groupHeads,
  maskAndKey,
} from "./attention-scores.ts";

/**
 * Kernel name. Inputs, as a list: q, k, v, o (the output), logsumexp `[B, H, N]`, dy (the gradient of o), then the mask and
 * the key of the dropout if the forward had them. Outputs: dq, dk, dv, in the shapes and formats of q, k, v.
 */
export const FusedAttentionGrad = "FusedAttentionGrad";

/** What the gradient of one call needs. */
export interface AttentionCall extends AttentionInputs {
  readonly o: Tensor;
  readonly logsumexp: Tensor;
  readonly dy: Tensor;
}

type SavedInputs = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[]];

const run = defineKernel<FusedAttentionAttrs>({
  name: FusedAttentionGrad,
  inputs: "list",
  fallback: (inputs, attrs) => {
    const [q, k, v, o, logsumexp, dy, ...rest] = Object.values(inputs) as SavedInputs;
    const call: AttentionCall = { q, k, v, o, logsumexp, dy, ...maskAndKey(rest, attrs) };
    const [, G = 1] = k.shape;
    const { p, ds } = scoreGradient(call, attrs);
    const ds_rows = groupHeads(tf.mul(ds, attrs.scale), G);
    return [
      tf.reshape(tf.matMul(ds_rows, k), q.shape),
      tf.matMul(ds_rows, groupHeads(q, G), true, false),
      tf.matMul(groupHeads(p, G), groupHeads(dy, G), true, false),
    ];
  },
});

/** The gradients of q, k and v. */
export function fusedAttentionGrad(call: AttentionCall, attrs: FusedAttentionAttrs): readonly [Tensor, Tensor, Tensor] {
  const { q, k, v, o, logsumexp, dy, mask, key } = call;
  const inputs = [q, k, v, o, logsumexp, dy, ...[mask, key].flatMap((input) => input ?? [])];
  return run(inputs, attrs) as [Tensor, Tensor, Tensor];
}

/** The gradient of a float mask, `ds` summed over the dimensions along which the mask repeats. In stock ops: it is rarely asked for. */
export function attentionBiasGradient(call: AttentionCall, bias: Tensor, attrs: FusedAttentionAttrs): Tensor {
  const { ds } = scoreGradient(call, attrs);
  const repeated = bias.shape.flatMap((extent, axis) => (extent === 1 && ds.shape[axis] !== 1 ? [axis] : []));
  return tf.sum(ds, repeated, true);
}

/**
 * The probabilities that values are mixed by (after dropout), and the gradient of the (scaled) scores, `p (dp - rowsum(dy o))` where
 * `dp` is `dy v^T` with the same dropout; both `[B, H, N, M]`.
 */
function scoreGradient(call: AttentionCall, attrs: FusedAttentionAttrs): { readonly p: Tensor; readonly ds: Tensor } {
  const { k, v, key, o, logsumexp, dy } = call;
  const [, G = 1] = k.shape;
  const scores_BHNM = attentionScores(call, attrs);
  const p = tf.exp(tf.sub(scores_BHNM, tf.expandDims(logsumexp, 3)));
  const dmixed = tf.reshape(tf.matMul(groupHeads(dy, G), v, false, true), scores_BHNM.shape);
  const dot = tf.sum(tf.mul(dy, o), 3, true);
  if (attrs.dropout === undefined || key === undefined) return { p, ds: tf.mul(p, tf.sub(dmixed, dot)) };
  const factors = dropoutFactors(key, attrs.dropout, scores_BHNM.shape);
  return { p: tf.mul(p, factors), ds: tf.mul(p, tf.sub(tf.mul(dmixed, factors), dot)) };
}
