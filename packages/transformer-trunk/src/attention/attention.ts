/** Plain multi-head self-attention. B batch, N tokens, D width, H heads, d = D / H. */
import { defineAttention } from "@l3m/core";
import * as z from "zod";
import { FUSED_OPTIONS, FUSED_POSITIONAL, fusedSelfAttention, QK_SCALE } from "./fused-self-attention.ts";

const options = z.strictObject({
  ...FUSED_OPTIONS,
  qk_scale: QK_SCALE,
  attn_drop: z.number().min(0).max(1).default(0).describe("Dropout on the attention probabilities, in training."),
});

/**
 * `proj(softmax(q k^T scale) v)` over all tokens (Vaswani et al. 2017), as in ViT. Masks and positions have no effect, whatever
 * it is handed; `generic-attention` looks at both.
 */
export const attention = defineAttention({
  name: "attention",
  summary:
    "Self-attention of every token to every token with one fused projection; masks and position_ids have no effect.",
  aliases: ["l3m.model.layers.attention.Attention"],
  positional: FUSED_POSITIONAL,
  inputs: ["mask", "position_ids"],
  options,
  build(given, context) {
    const attend = fusedSelfAttention(context, given);
    const { attn_drop: probability } = given;
    return {
      forward: (x_BND, forward) =>
        attend(x_BND, forward, {
          scale: given.qk_scale ?? undefined,
          dropout: probability > 0 && forward.train ? { probability, rng: forward.rng.child(context.path) } : undefined,
        }),
    };
  },
});
