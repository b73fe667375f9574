/** Grouped self-attention under a mask and Hugging Face's names. B batch, N tokens, D width, H query heads, G key/value heads. */
import { defineAttention, maybeSlot } from "@l3m/core";
import * as z from "zod";
import { requiredAttentionMask } from "./attention-mask.ts";
import { HF_POSITIONAL } from "./hf-attention.ts";
import { KV_HEADS, SEPARATE_OPTIONS, separateSelfAttention } from "./separate-self-attention.ts";

/**
 * `hf-attention` that always takes a mask `[B, N, N]`: bool (true = may be attended) or float (added to the scores). Causality
 * has to be in the mask; scores are scaled by `1 / sqrt(d)`.
 *
 * @throws L3M_MISSING_KEY when there is no mask
 */
export const hfAttentionWithMask = defineAttention({
  name: "hf-attention-with-mask",
  summary:
    "Self-attention with grouped heads and rotary positions under Hugging Face's names that needs a mask [B, N, N].",
  aliases: ["l3m.model.layers.attention.HFAttentionWithMask"],
  positional: HF_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["qk_scale", "attn_drop", "is_causal", "sdpa", "num_patches"],
  options: z.strictObject({ ...SEPARATE_OPTIONS, num_key_value_heads: KV_HEADS }),
  slots: { rope_pos_embed: maybeSlot("pos-embed", { shared: true }), qk_norm: maybeSlot("norm") },
  build(given, context) {
    const attend = separateSelfAttention(context, given, {
      kvHeads: { option: "num_key_value_heads", value: given.num_key_value_heads },
      rope: given.rope_pos_embed,
      qkNorm: given.qk_norm,
      output: "o_proj",
    });
    return {
      forward: (x_BND, forward, inputs = {}) =>
        attend(x_BND, forward, {
          mask: requiredAttentionMask(inputs.mask, { x: x_BND, where: context.where }),
          positionIds: inputs.position_ids,
        }),
    };
  },
});
