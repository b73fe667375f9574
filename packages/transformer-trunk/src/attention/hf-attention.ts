/** Grouped self-attention under Hugging Face's names. B batch, N tokens, D width, H query heads, G key/value heads, d head width. */
import { defineAttention, maybeSlot } from "@l3m/core";
import * as z from "zod";
import { KV_HEADS, SEPARATE_OPTIONS, separateSelfAttention } from "./separate-self-attention.ts";

const options = z.strictObject({
  ...SEPARATE_OPTIONS,
  qk_scale: z
    .number()
    .nullish()
    .describe("Factor on the scores when sdpa is off; default 1 / sqrt(d), which it always is when sdpa is on."),
  attn_drop: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Dropout on the attention probabilities when sdpa is off, in training."),
  is_causal: z.boolean().default(false).describe("A token attends to itself and to those before it."),
  num_key_value_heads: KV_HEADS,
  sdpa: z.boolean().default(true).describe("Off: qk_scale and attn_drop take effect."),
});

/** Arguments by position. */
export const HF_POSITIONAL = [
  "dim",
  "head_dim",
  "num_heads",
  "qkv_bias",
  "qk_scale",
  "attn_drop",
  "proj_drop",
  "use_bias",
  "is_causal",
  "num_key_value_heads",
  "rope_pos_embed",
  "qk_norm",
  "sdpa",
  "num_patches",
];

/**
 * `o_proj(softmax(q k^T scale) v)` with parameters under the names of Hugging Face's language models, so that their weights load
 * as they are (grouped heads: Ainslie et al. 2023). Masks have no effect; `hf-attention-with-mask` takes one.
 */
export const hfAttention = defineAttention({
  name: "hf-attention",
  summary: "Self-attention with grouped heads and rotary positions under Hugging Face's names; masks have no effect.",
  aliases: ["l3m.model.layers.attention.HFAttention"],
  positional: HF_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["num_patches"],
  options,
  slots: { rope_pos_embed: maybeSlot("pos-embed", { shared: true }), qk_norm: maybeSlot("norm") },
  build(given, context) {
    const { attn_drop: probability, is_causal: causal, sdpa } = given;
    const scale = sdpa ? undefined : (given.qk_scale ?? undefined);
    const attend = separateSelfAttention(context, given, {
      kvHeads: { option: "num_key_value_heads", value: given.num_key_value_heads },
      rope: given.rope_pos_embed,
      qkNorm: given.qk_norm,
      output: "o_proj",
    });
    return {
      forward(x_BND, forward, inputs = {}) {
        const drops = !sdpa && probability > 0 && forward.train;
        const dropout = drops ? { probability, rng: forward.rng.child(context.path) } : undefined;
        return attend(x_BND, forward, { causal, scale, dropout, positionIds: inputs.position_ids });
      },
    };
  },
});
