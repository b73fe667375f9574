/** Fused self-attention with norms over all heads. B batch, N tokens, D width, H heads, d = D / H. */
import { defineAttention } from "@l3m/core";
import * as z from "zod";
import { attentionMask } from "./attention-mask.ts";
import { FUSED_OPTIONS, FUSED_POSITIONAL, FUSED_SLOTS, fusedSelfAttention } from "./fused-self-attention.ts";

const options = z.strictObject({
  ...FUSED_OPTIONS,
  is_causal: z
    .boolean()
    .default(false)
    .describe("A token attends to itself and to those before it; without effect when there is a mask."),
});

/**
 * `proj(softmax(q k^T / sqrt(d) + mask) v)` where one norm of width D covers the queries (and one the keys) of all heads of a
 * token, as in OpenLM and DCLM (Li et al. 2024). The mask is bool `[B, N, N]` (true = may be attended) or float (added).
 */
export const dclmAttention = defineAttention({
  name: "dclm-attention",
  summary: "Self-attention with one fused projection, masks, rotary positions and query-key norms over all heads.",
  aliases: ["l3m.model.layers.attention.DCLMAttention"],
  positional: FUSED_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["qk_scale", "attn_drop"],
  options,
  slots: FUSED_SLOTS,
  build(given, context) {
    const attend = fusedSelfAttention(context, given, { normOver: "all heads" });
    return {
      forward: (x_BND, forward, inputs = {}) =>
        attend(x_BND, forward, {
          mask: attentionMask(inputs.mask, { x: x_BND, causal: false, where: context.where }),
          causal: given.is_causal && inputs.mask === undefined,
          positionIds: inputs.position_ids,
        }),
    };
  },
});
