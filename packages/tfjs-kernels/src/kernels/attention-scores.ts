/**
 * Attention scores in stock ops, shared by the forward and backward fallbacks of fused attention. B batch, H query heads,
 * G key/value heads (each serves r = H / G consecutive query heads), N queries, M keys, d head width.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { AttentionDropoutAttrs } from "./attention-dropout.ts";
import { iota } from "./iota.ts";

/**
 * The score of a key that a query may not attend to, and the bound below which a float bias hides a key: large enough that
 * the probability is exactly 0 beside any other score, finite so that no NaN comes of a query without keys.
 */
export const HIDDEN_SCORE = -1e30;

export interface FusedAttentionAttrs {
  /** Factor on `q k^T`. */
  readonly scale: number;
  /** Keys after the query are hidden (key index > query index). */
  readonly causal: boolean;
  /** Dropout on the probabilities; the last input is then its key. */
  readonly dropout?: AttentionDropoutAttrs;
}

/** The inputs of one call. */
export interface AttentionInputs {
  /** `[B, H, N, d]` */
  readonly q: Tensor;
  /** `[B, G, M, d]` */
  readonly k: Tensor;
  /** `[B, G, M, d]` */
  readonly v: Tensor;
  /** Bool (true = may be attended) or float (added), `[B|1, H|1, N|1, M|1]`. */
  readonly mask: Tensor | undefined;
  /** int32 `[2]`, of the dropout. */
  readonly key: Tensor | undefined;
}

/** What stands behind q, k and v in the list of inputs. */
export function maskAndKey<T>(
  rest: readonly T[],
  attrs: FusedAttentionAttrs,
): { mask: T | undefined; key: T | undefined } {
  const masks = attrs.dropout === undefined ? rest : rest.slice(0, -1);
  return { mask: masks[0], key: attrs.dropout === undefined ? undefined : rest.at(-1) };
}

/** `q k^T scale + bias`, `[B, H, N, M]`; `HIDDEN_SCORE` where a key is hidden. */
export function attentionScores({ q, k, mask }: AttentionInputs, attrs: FusedAttentionAttrs): Tensor {
  const [B = 0, H = 0, N = 0] = q.shape;
  const [, G = 1, M = 0] = k.shape;
  let scores_BHNM: Tensor = tf.reshape(tf.matMul(groupHeads(q, G), k, false, true), [B, H, N, M]);
  scores_BHNM = tf.mul(scores_BHNM, attrs.scale);
  if (mask?.dtype === "float32") scores_BHNM = tf.maximum(tf.add(scores_BHNM, mask), HIDDEN_SCORE);
  const causal = attrs.causal ? tf.lessEqual(iota([1, 1, N, M], 3), iota([1, 1, N, M], 2)) : undefined;
  const allowed = mask?.dtype === "bool" ? (causal === undefined ? mask : tf.logicalAnd(causal, mask)) : causal;
  return allowed === undefined ? scores_BHNM : tf.where(allowed, scores_BHNM, HIDDEN_SCORE);
}

/** The query heads that share a key/value head as rows of one matrix: `[B, H, N, w]` to `[B, G, r*N, w]`; no data moves. */
export function groupHeads(x: Tensor, G: number): Tensor {
  const [B = 0, H = 0, N = 0, width = 0] = x.shape;
  return tf.reshape(x, [B, G, (H / G) * N, width]);
}
