/**
 * Fused attention of plain matrix products: scores in the format of the operands, softmax in f32. The backward pass computes
 * the probabilities again from the logsumexp of each row. Shape letters: attention.ts.
 */
import {
  add,
  and,
  broadcastInDim,
  compare,
  convert,
  divide,
  exp,
  log,
  maximum,
  multiply,
  reduce,
  reshape,
  select,
  splat,
  subtract,
  type Value,
} from "@l3m/stablehlo";
import { type FusedAttentionAttrs, HIDDEN_SCORE, keptFactor } from "@l3m/tfjs-kernels";
import { type AttentionGradients, type AttentionInputs, type AttentionOutputs, causalMask } from "./attention.ts";
import { broadcastTo, fullLike } from "./broadcast.ts";
import { product } from "./mat-mul.ts";
import { uniformOf } from "./threefry.ts";

export function composedAttention(inputs: AttentionInputs, attrs: FusedAttentionAttrs): AttentionOutputs {
  const { q, v, mask } = inputs;
  const scores_BHNM = maskedScores(inputs, attrs);
  const largest_BHN = reduce(scores_BHNM, { dims: [3], kind: "maximum" });
  const e_BHNM = exp(subtract(scores_BHNM, alongKeys(largest_BHN, scores_BHNM)));
  const sum_BHN = reduce(e_BHNM, { dims: [3], kind: "add" });
  const p_BHNM = divide(e_BHNM, alongKeys(sum_BHN, e_BHNM));
  const logsumexp = add(largest_BHN, log(sum_BHN));
  const mix = (p: Value) => timesKeys(dropped(p, inputs, attrs), v, q);
  if (mask === undefined) return { o: mix(p_BHNM), logsumexp };
  const attends = compare("GT", largest_BHN, fullLike(largest_BHN, HIDDEN_SCORE));
  const kept_BHNM = select(alongKeys(attends, p_BHNM), p_BHNM, fullLike(p_BHNM, 0));
  return { o: mix(kept_BHNM), logsumexp: select(attends, logsumexp, fullLike(logsumexp, -HIDDEN_SCORE)) };
}

/** The gradients for `dy`, the gradient of the output (Dao et al., "FlashAttention", 2022, algorithm 4). */
export function composedAttentionGrad(
  inputs: AttentionInputs,
  { o, logsumexp }: AttentionOutputs,
  dy: Value,
  attrs: FusedAttentionAttrs,
): AttentionGradients {
  const { q, k, v } = inputs;
  const { element } = q.type;
  const scores_BHNM = maskedScores(inputs, attrs);
  const p_BHNM = exp(subtract(scores_BHNM, alongKeys(logsumexp, scores_BHNM)));
  const dp_BHNM = dropped(convert(againstKeys(dy, v), "f32"), inputs, attrs);
  const dot_BHN = reduce(multiply(convert(dy, "f32"), convert(o, "f32")), { dims: [3], kind: "add" });
  const ds_BHNM = multiply(p_BHNM, subtract(dp_BHNM, alongKeys(dot_BHN, dp_BHNM)));
  const scaled_BHNM = convert(multiply(ds_BHNM, fullLike(ds_BHNM, attrs.scale)), element);
  return {
    dq: timesKeys(scaled_BHNM, k, q),
    dk: sumOverQueries(scaled_BHNM, q, k),
    dv: sumOverQueries(convert(dropped(p_BHNM, inputs, attrs), element), dy, v),
  };
}

/** `q k^T scale + bias` in f32, `HIDDEN_SCORE` where a key is hidden. */
function maskedScores({ q, k, mask }: AttentionInputs, { scale, causal }: FusedAttentionAttrs): Value {
  const products = convert(againstKeys(q, k), "f32");
  let scores = multiply(products, fullLike(products, scale));
  const { shape } = scores.type;
  const isBool = mask?.type.element === "i1";
  if (mask !== undefined && !isBool) {
    const biased = add(scores, broadcastTo(convert(mask, "f32"), shape));
    scores = maximum(biased, fullLike(biased, HIDDEN_SCORE));
  }
  const past = causal ? broadcastTo(causalMask(shape[2] ?? 0, shape[3] ?? 0), shape) : undefined;
  const shown = isBool ? broadcastTo(mask, shape) : undefined;
  const allowed = past === undefined ? shown : shown === undefined ? past : and(past, shown);
  return allowed === undefined ? scores : select(allowed, scores, splat(HIDDEN_SCORE, scores.type));
}

/** Dropout on `[B, H, N, M]`: of the probabilities, and so of their gradient. */
function dropped(x: Value, { key }: AttentionInputs, { dropout }: FusedAttentionAttrs): Value {
  if (key === undefined || dropout === undefined) return x;
  const uniform = uniformOf(key, dropout.stream, x.type.shape);
  const kept = compare("LT", uniform, fullLike(uniform, 1 - dropout.probability));
  return select(kept, multiply(x, fullLike(x, keptFactor(dropout))), fullLike(x, 0));
}

/** `x [B, H, N, d]` against each key: `[B, H, N, M]`. */
function againstKeys(x: Value, keys: Value): Value {
  const [B = 0, H = 0, N = 0] = x.type.shape;
  const [, G = 1, M = 0] = keys.type.shape;
  return reshape(product(rows(x, G), keys, { batching: HEADS, contracting: [[3], [3]] }), [B, H, N, M]);
}

/** `w [B, H, N, M]` times `keys [B, G, M, d]`, in the format of the keys and the shape of `like`. */
function timesKeys(w: Value, keys: Value, like: Value): Value {
  const weights = rows(convert(w, keys.type.element), keys.type.shape[1] ?? 1);
  return reshape(product(weights, keys, { batching: HEADS, contracting: [[3], [2]] }), like.type.shape);
}

/** For every key the sum over the queries of all heads that it serves: `w^T x`, in the shape of `keys`. */
function sumOverQueries(w: Value, x: Value, keys: Value): Value {
  const G = keys.type.shape[1] ?? 1;
  return product(rows(w, G), rows(x, G), { batching: HEADS, contracting: [[2], [2]] });
}

const HEADS = [
  [0, 1],
  [0, 1],
] as const;

/** The query heads that share a key/value head as rows of one matrix: `[B, H, N, w]` to `[B, G, r*N, w]`; no data moves. */
function rows(x: Value, G: number): Value {
  const [B = 0, H = 0, N = 0, width = 0] = x.type.shape;
  return reshape(x, [B, G, (H / G) * N, width]);
}

/** `[B, H, N]` repeated along the keys of `like`. */
function alongKeys(x: Value, like: Value): Value {
  return broadcastInDim(x, like.type.shape, [0, 1, 2]);
}
