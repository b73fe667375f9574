/** Scaled dot-product attention. B batch, H query heads, G key/value heads, N queries, M keys, d head width. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { formatShape, L3mError } from "@l3m/errors";
import { fusedAttention } from "@l3m/tfjs-kernels";
import type { Rng } from "../random/rng.ts";

export interface AttentionOptions {
  /** Factor on `q k^T`; default `1 / sqrt(d)`. */
  readonly scale?: number | undefined;
  /** Keys after the query are hidden (top-left aligned). */
  readonly causal?: boolean;
  /** Bool (true = may be attended) or float (added; -1e30 or less hides the key), broadcastable to `[B, H, N, M]`. */
  readonly mask?: Tensor | undefined;
  /** Dropout on the probabilities. */
  readonly dropout?: { readonly probability: number; readonly rng: Rng } | undefined;
}

/**
 * `softmax(q k^T scale + mask) v`: q `[B, H, N, d]`, k and v `[B, G, M, d]`, result `[B, H, N, d]` (Vaswani et al. 2017; torch
 * `F.scaled_dot_product_attention`). Each of the G key/value heads serves H / G consecutive query heads. A query that may attend
 * to nothing gives zeros.
 *
 * @throws L3M_BAD_SHAPE if the shapes do not fit
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  checkShapes(q, k, v, options.mask);
  const { dropout, ...rest } = options;
  if (dropout === undefined || dropout.probability === 0) return fusedAttention(q, k, v, rest);
  const { probability, rng } = dropout;
  return fusedAttention(q, k, v, { ...rest, dropout: { probability, ...rng.source("attention") } });
}

function checkShapes(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | undefined): void {
  const [B, H = 0, N = 0, d] = q.shape;
  const [, G = 0, M = 0] = k.shape;
  const fit =
    [q, k, v].every((x) => x.rank === 4 && x.shape[0] === B && x.shape[3] === d) &&
    v.shape[1] === G &&
    v.shape[2] === M &&
    H % G === 0;
  if (!fit) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "Queries, keys and values do not fit together.",
      expected: "q [B,H,N,d], k and v [B,G,M,d], where G divides H",
      got: [q, k, v].map(({ shape }) => formatShape(shape)).join(", "),
      fix: "Check the numbers of heads and the widths of queries, keys and values.",
    });
  }
  if (mask === undefined) return;
  const scores = [B ?? 0, H, N, M];
  const aligned = mask.shape.every((extent, i) => extent === 1 || extent === scores[4 - mask.rank + i]);
  if (aligned && mask.rank <= 4 && (mask.dtype === "bool" || mask.dtype === "float32")) return;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The attention mask does not fit the scores.",
    expected: `bool or float32, broadcastable to ${formatShape(scores)}`,
    got: formatShape(mask.shape, mask.dtype),
    fix: "Check what writes the mask: true where a query may see a key, one row per query and one column per key.",
  });
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
