/** Multi-head self-attention. B batch, N tokens, D width, H query heads, G key/value heads, d head width. */
import { dropout, linearParams } from "@l3m/core/nn";
import { defineAttention, L3mError, maybeSlot } from "@l3m/core";
import * as z from "zod";
import { attentionHeads } from "./attention-heads.ts";
import { attentionMask } from "./attention-mask.ts";

const options = z.strictObject({
  dim: z.int().positive().describe("D, width of the tokens."),
  head_dim: z.int().nonnegative().nullish().describe("d, width of a head; default (and 0) D / H, rounded down."),
  num_heads: z.int().positive().default(8).describe("H, query heads."),
  qkv_bias: z.boolean().default(false).describe("Bias of the query, key and value projections."),
  attn_drop: z.number().min(0).max(1).default(0).describe("Dropout on the attention probabilities, in training."),
  proj_drop: z.number().min(0).max(1).default(0).describe("Dropout on the output, in training."),
  use_bias: z.boolean().default(true).describe("Bias of the output projection."),
  is_causal: z.boolean().default(false).describe("A token attends to itself and to those before it; excludes a mask."),
  num_kv_heads: z.int().positive().nullish().describe("G, key/value heads (grouped-query attention); default H."),
});

/**
 * `proj(softmax(q k^T / sqrt(d) + mask) v)` (Vaswani et al. 2017), with grouped key/value heads (Ainslie et al. 2023), norms of
 * queries and keys (Dehghani et al. 2023) and rotary positions. The mask is bool `[B, N, N]` (true = may be attended) or float
 * (added to the scores); block masks are such dense booleans.
 */
export const genericAttention = defineAttention({
  name: "generic-attention",
  summary: "Self-attention with separate projections, grouped heads, masks, rotary positions and query-key norms.",
  aliases: ["l3m.model.layers.attention.GenericAttention"],
  positional: [
    "dim",
    "head_dim",
    "num_heads",
    "qkv_bias",
    "qk_scale",
    "attn_drop",
    "proj_drop",
    "use_bias",
    "is_causal",
    "num_kv_heads",
    "rope",
    "qk_norm",
    "use_flex_attention",
  ],
  inputs: ["mask", "position_ids"],
  ignores: ["qk_scale", "use_flex_attention"],
  options,
  slots: { rope: maybeSlot("pos-embed", { shared: true }), qk_norm: maybeSlot("norm") },
  build(given, context) {
    const { dim: D, num_heads: H, qkv_bias, use_bias, is_causal, attn_drop, proj_drop, rope, qk_norm } = given;
    const G = given.num_kv_heads ?? H;
    const d = given.head_dim || Math.floor(D / H);
    if (H % G !== 0) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "Every key/value head serves the same number of query heads.",
        where: { path: `${context.where}.num_kv_heads` },
        expected: `a divisor of num_heads = ${H}`,
        got: `${G}`,
        fix: "Change num_kv_heads or num_heads.",
      });
    }
    const queries = linearParams(context, "q_proj", { in: D, out: H * d, bias: qkv_bias, axes: ["heads", "embed"] });
    const keys = linearParams(context, "k_proj", { in: D, out: G * d, bias: qkv_bias, axes: ["heads", "embed"] });
    const values = linearParams(context, "v_proj", { in: D, out: G * d, bias: qkv_bias, axes: ["heads", "embed"] });
    const proj = linearParams(context, "proj", { in: H * d, out: D, bias: use_bias, axes: ["embed", "heads"] });
    const mix = attentionHeads(context, { heads: H, kvHeads: G, headDim: d, qkNorm: qk_norm, rope });

    return {
      forward(x_BND, forward, inputs = {}) {
        const mask = attentionMask(inputs.mask, { causal: is_causal, where: context.where });
        const rng = forward.rng.child(context.path);
        const drops = attn_drop > 0 && (forward.train || context.compat); // ml-l3m: dropout here stays on in eval
        const projected = { q: queries(x_BND), k: keys(x_BND), v: values(x_BND) };
        const mixed = mix(projected, forward, {
          causal: is_causal,
          mask,
          positionIds: inputs.position_ids,
          dropout: drops ? { probability: attn_drop, rng } : undefined,
        });
        return dropout(proj(mixed), forward.train ? proj_drop : 0, rng, "output");
      },
    };
  },
});
