/** Multi-head self-attention with one fused projection. B batch, N tokens, D width, H heads, d = D / H. */
import { defineAttention } from "@l3m/core";
import * as z from "zod";
import { FUSED_OPTIONS, FUSED_POSITIONAL, FUSED_SLOTS, fusedSelfAttention, QK_SCALE } from "./fused-self-attention.ts";

const options = z.strictObject({
  ...FUSED_OPTIONS,
  qk_scale: QK_SCALE,
  is_causal: z.boolean().default(false).describe("A token attends to itself and to those before it."),
});

/**
 * `proj(softmax(q k^T scale) v)` (Vaswani et al. 2017), where the rows of `qkv.weight` are those of q, then k, then v, as in
 * timm. Takes no mask and counts positions from 0, whatever it is handed; `generic-attention` looks at both.
 */
export const efficientAttention = defineAttention({
  name: "efficient-attention",
  summary:
    "Self-attention with one fused projection, rotary positions and query-key norms; masks and position_ids have no effect.",
  aliases: ["l3m.model.layers.attention.EfficientAttention"],
  positional: FUSED_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["attn_drop"],
  options,
  slots: FUSED_SLOTS,
  build(given, context) {
    const attend = fusedSelfAttention(context, given);
    const mixing = { causal: given.is_causal, scale: given.qk_scale ?? undefined };
    return { forward: (x_BND, forward) => attend(x_BND, forward, mixing) };
  },
});
