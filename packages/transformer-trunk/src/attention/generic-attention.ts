/** Multi-head self-attention. B batch, N tokens, D width, H query heads, G key/value heads, d head width. */
import { defineAttention, maybeSlot } from "@l3m/core";
import * as z from "zod";
import { attentionMask } from "./attention-mask.ts";
import { KV_HEADS, SEPARATE_OPTIONS, separateSelfAttention } from "./separate-self-attention.ts";

const options = z.strictObject({
  ...SEPARATE_OPTIONS,
  attn_drop: z.number().min(0).max(1).default(0).describe("Dropout on the attention probabilities, in training."),
  is_causal: z.boolean().default(false).describe("A token attends to itself and to those before it; excludes a mask."),
  num_kv_heads: KV_HEADS,
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
    const { is_causal, attn_drop } = given;
    const attend = separateSelfAttention(context, given, {
      kvHeads: { option: "num_kv_heads", value: given.num_kv_heads },
      rope: given.rope,
      qkNorm: given.qk_norm,
      output: "proj",
    });
    return {
      forward(x_BND, forward, inputs = {}) {
        const drops = attn_drop > 0 && (forward.train || context.compat); // ml-l3m: dropout here stays on in eval
        return attend(x_BND, forward, {
          causal: is_causal,
          mask: attentionMask(inputs.mask, { x: x_BND, causal: is_causal, where: context.where }),
          positionIds: inputs.position_ids,
          dropout: drops ? { probability: attn_drop, rng: forward.rng.child(context.path) } : undefined,
        });
      },
    };
  },
});
