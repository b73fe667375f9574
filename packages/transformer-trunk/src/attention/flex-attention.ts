/** Fused self-attention under a block mask. B batch, N tokens. */
import { defineAttention } from "@l3m/core";
import { BLOCK_MASK_ATTENTION, blockMaskAttention } from "./block-mask-attention.ts";

/** Self-attention whose keys a block mask shows (Dong et al. 2024, "FlexAttention"), with the positions that it is handed. */
export const flexAttention = defineAttention({
  name: "flex-attention",
  summary: "Self-attention with one fused projection, rotary positions and query-key norms that needs a block mask.",
  aliases: ["l3m.model.layers.attention.FlexAttention"],
  ...BLOCK_MASK_ATTENTION,
  build: (given, context) => blockMaskAttention(context, given, { takesPositions: true }),
});
