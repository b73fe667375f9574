/** Fused self-attention under a block mask, with positions from 0. B batch, N tokens. */
import { defineAttention } from "@l3m/core";
import { BLOCK_MASK_ATTENTION, blockMaskAttention } from "./block-mask-attention.ts";

/** `flex-attention` that counts rotary positions from 0, whatever it is handed. */
export const flexAttentionWithMask = defineAttention({
  name: "flex-attention-with-mask",
  summary: "Self-attention with one fused projection that needs a block mask; position_ids have no effect.",
  aliases: ["l3m.model.layers.attention.FlexAttentionWithMask"],
  ...BLOCK_MASK_ATTENTION,
  build: (given, context) => blockMaskAttention(context, given, { takesPositions: false }),
});
