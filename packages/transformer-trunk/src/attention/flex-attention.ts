/** Fused self-attention under a block mask. B batch, N tokens, D width, H heads, d = D / H. */
import { defineAttention, maybeSlot } from "@l3m/core";
import * as z from "zod";
import { requiredAttentionMask } from "./attention-mask.ts";
import { FUSED_OPTIONS, FUSED_POSITIONAL, fusedSelfAttention } from "./fused-self-attention.ts";

/**
 * `proj(softmax(q k^T / sqrt(d)) v)` where a block mask says which keys a query sees. A block mask is what a builder of block
 * masks writes: here the dense booleans `[B, N, N]` that it stands for, so the result is the same and the fused kernel runs.
 *
 * @throws L3M_MISSING_KEY when there is no mask
 */
export const flexAttention = defineAttention({
  name: "flex-attention",
  summary: "Self-attention with one fused projection, rotary positions and query-key norms that needs a block mask.",
  aliases: ["l3m.model.layers.attention.FlexAttention"],
  positional: FUSED_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["qk_scale", "attn_drop"],
  options: z.strictObject(FUSED_OPTIONS),
  slots: { rope_pos_embed: maybeSlot("pos-embed", { shared: true }), qk_norm: maybeSlot("norm") },
  build(given, context) {
    const attend = fusedSelfAttention(context, given);
    return {
      forward: (x_BND, forward, inputs = {}) =>
        attend(x_BND, forward, {
          mask: requiredAttentionMask(inputs.mask, context),
          positionIds: inputs.position_ids,
        }),
    };
  },
});
