/**
 * What attentions share once queries, keys and values are projected: heads, norms, rotary positions, mixing.
 * B batch, N tokens, H query heads, G key/value heads, d head width.
 */
import type * as tf from "@l3m/core/tf";
import { attention, type AttentionOptions, mergeHeads, splitHeads } from "@l3m/core/nn";
import type { BuildContext, ForwardContext, Layer, SlotRef } from "@l3m/core";

type Tensor = tf.Tensor;

export interface AttentionHeadsOptions {
  /** H. */
  readonly heads: number;
  /** G; default H. */
  readonly kvHeads?: number;
  /** d. */
  readonly headDim: number;
  /** A norm of every query and every key (Dehghani et al. 2023); null is none. */
  readonly qkNorm: SlotRef<"norm"> | null;
  /** What one norm covers: a head (default), or all heads of a token together. */
  readonly normOver?: "head" | "all heads" | undefined;
  readonly rope: SlotRef<"pos-embed"> | null;
}

/** Projected tokens: q `[B, N, H d]`, k and v `[B, N, G d]`. */
export interface Projected {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

export interface MixOptions extends AttentionOptions {
  /** Positions int32 `[B, N]` of the tokens; default 0..N-1. */
  readonly positionIds?: Tensor | undefined;
}

/** Declares `q_norm.*` and `k_norm.*`; returns the function from {@link Projected} to the mixed values `[B, N, H d]`. */
export function attentionHeads(
  context: BuildContext,
  { heads: H, kvHeads: G = H, headDim: d, qkNorm, normOver = "head", rope: ropeRef }: AttentionHeadsOptions,
): (projected: Projected, forward: ForwardContext, options: MixOptions) => Tensor {
  const widthOf = (heads: number): number => (normOver === "head" ? d : heads * d);
  const qNorm = qkNorm === null ? undefined : context.child("q_norm", qkNorm, { dim: widthOf(H) });
  const kNorm = qkNorm === null ? undefined : context.child("k_norm", qkNorm, { dim: widthOf(G) });
  const rope = ropeRef === null ? undefined : context.child("rope", ropeRef);
  const normedHeads = (x: Tensor, heads: number, norm: Layer | undefined, forward: ForwardContext): Tensor => {
    if (norm === undefined) return splitHeads(x, heads);
    if (normOver === "head") return norm.forward(splitHeads(x, heads), forward);
    return splitHeads(norm.forward(x, forward), heads);
  };
  return (projected, forward, { positionIds, ...options }) => {
    const v = splitHeads(projected.v, G);
    let q = normedHeads(projected.q, H, qNorm, forward);
    let k = normedHeads(projected.k, G, kNorm, forward);
    if (rope !== undefined) ({ q, k } = rope.rotate({ q, k, v, positionIds }));
    return mergeHeads(attention(q, k, v, options));
  };
}
