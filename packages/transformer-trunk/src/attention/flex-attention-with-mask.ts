/** Fused self-attention under a block mask, with positions from 0. B batch, N tokens, D width, H heads, d = D / H. */
import { defineAttention, maybeSlot } from "@l3m/core";
import * as z from "zod";
import { requiredAttentionMask } from "./attention-mask.ts";
import { FUSED_OPTIONS, FUSED_POSITIONAL, fusedSelfAttention } from "./fused-self-attention.ts";

/**
 * `flex-attention` that counts rotary positions from 0, whatever it is handed.
 *
 * @throws L3M_MISSING_KEY when there is no mask
 */
export const flexAttentionWithMask = defineAttention({
  name: "flex-attention-with-mask",
  summary: "Self-attention with one fused projection that needs a block mask; position_ids have no effect.",
  aliases: ["l3m.model.layers.attention.FlexAttentionWithMask"],
  positional: FUSED_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["qk_scale", "attn_drop"],
  options: z.strictObject(FUSED_OPTIONS),
  slots: { rope_pos_embed: maybeSlot("pos-embed", { shared: true }), qk_norm: maybeSlot("norm") },
  build(given, context) {
    const attend = fusedSelfAttention(context, given);
    return {
      forward: (x_BND, forward, inputs = {}) =>
        attend(x_BND, forward, { mask: requiredAttentionMask(inputs.mask, context) }),
    };
  },
});
