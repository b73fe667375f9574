/** Scaled dot-product attention. B batch, H heads, N queries, M keys, d head width. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { iota } from "@l3m/tfjs-kernels";
import type { Rng } from "../random/rng.ts";
import { dropout } from "./dropout.ts";

export interface AttentionOptions {
  /** Factor on `q k^T`; default `1 / sqrt(d)`. */
  readonly scale?: number | undefined;
  /** Keys after the query are hidden (top-left aligned). */
  readonly causal?: boolean;
  /** Bool (true = may be attended) or float (added to the scores), broadcastable to `[B, H, N, M]`. */
  readonly mask?: Tensor | undefined;
  /** Dropout on the probabilities; needs `rng`. */
  readonly dropout?: { readonly probability: number; readonly rng: Rng } | undefined;
}

/** Hides a key; large enough that its probability underflows to 0. */
const HIDDEN = -1e30;

/**
 * `softmax(q k^T scale + mask) v`: q `[B, H, N, d]`, k and v `[B, H, M, d]`, result `[B, H, N, d]` (Vaswani et al. 2017; torch
 * `F.scaled_dot_product_attention`). A query that may attend to nothing gives zeros.
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  const scale = options.scale ?? 1 / Math.sqrt(q.shape.at(-1) ?? 1);
  let scores_BHNM: Tensor = tf.mul(tf.matMul(q, k, false, true), scale);
  const allowed = allowedKeys(q.shape[2] ?? 0, k.shape[2] ?? 0, options);
  if (allowed !== undefined) scores_BHNM = tf.where(allowed, scores_BHNM, HIDDEN);
  if (options.mask?.dtype === "float32") scores_BHNM = tf.add(scores_BHNM, options.mask);
  let weights_BHNM = tf.softmax(scores_BHNM);
  if (options.mask?.dtype === "bool") weights_BHNM = tf.mul(weights_BHNM, tf.cast(options.mask, "float32"));
  if (options.dropout !== undefined)
    weights_BHNM = dropout(weights_BHNM, options.dropout.probability, options.dropout.rng, "attention");
  return tf.matMul(weights_BHNM, v);
}

function allowedKeys(N: number, M: number, options: AttentionOptions): Tensor | undefined {
  const causal = options.causal === true ? tf.lessEqual(iota([1, 1, N, M], 3), iota([1, 1, N, M], 2)) : undefined;
  const mask = options.mask?.dtype === "bool" ? options.mask : undefined;
  return causal === undefined ? mask : mask === undefined ? causal : tf.logicalAnd(causal, mask);
}

/** `[B, N, H*d]` to `[B, H, N, d]`. */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [B = 0, N = 0, width = 0] = x.shape;
  return tf.transpose(tf.reshape(x, [B, N, heads, width / heads]), [0, 2, 1, 3]);
}

/** `[B, H, N, d]` to `[B, N, H*d]`. */
export function mergeHeads(x: Tensor): Tensor {
  const [B = 0, H = 0, N = 0, d = 0] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [B, N, H * d]);
}

/** Repeats each of the G key/value heads for `groups` consecutive query heads: `[B, G, M, d]` to `[B, G*groups, M, d]`. */
export function repeatHeads(x: Tensor, groups: number): Tensor {
  if (groups === 1) return x;
  const [B = 0, G = 0, M = 0, d = 0] = x.shape;
  const copies = tf.broadcastTo(tf.reshape(x, [B, G, 1, M * d]), [B, G, groups, M * d]); // rank 4: tfjs has no gradient of Tile above it
  return tf.reshape(copies, [B, G * groups, M, d]);
}
