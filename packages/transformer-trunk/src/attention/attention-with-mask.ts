/** Fused self-attention under a mask. B batch, N tokens, D width, H heads, d = D / H. */
import { defineAttention } from "@l3m/core";
import * as z from "zod";
import { requiredAttentionMask } from "./attention-mask.ts";
import { FUSED_OPTIONS, FUSED_POSITIONAL, FUSED_SLOTS, fusedSelfAttention, QK_SCALE } from "./fused-self-attention.ts";

/**
 * `efficient-attention` that always takes a mask `[B, N, N]`: bool (true = may be attended) or float (added to the scores).
 * Positions count from 0, whatever it is handed, and causality has to be in the mask.
 *
 * @throws L3M_MISSING_KEY when there is no mask
 */
export const attentionWithMask = defineAttention({
  name: "attention-with-mask",
  summary: "Self-attention with one fused projection that needs a mask [B, N, N]; position_ids have no effect.",
  aliases: ["l3m.model.layers.attention.AttentionWithMask"],
  positional: FUSED_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["attn_drop", "is_causal"],
  options: z.strictObject({ ...FUSED_OPTIONS, qk_scale: QK_SCALE }),
  slots: FUSED_SLOTS,
  build(given, context) {
    const attend = fusedSelfAttention(context, given);
    return {
      forward: (x_BND, forward, inputs = {}) =>
        attend(x_BND, forward, {
          mask: requiredAttentionMask(inputs.mask, { x: x_BND, where: context.where }),
          scale: given.qk_scale ?? undefined,
        }),
    };
  },
});
