/** Fused self-attention with low-rank adaptation. B batch, N tokens, D width, H heads, r rank. */
import { linearParams } from "@l3m/core/nn";
import { defineAttention } from "@l3m/core";
import * as z from "zod";
import { FUSED_OPTIONS, FUSED_SLOTS, fusedSelfAttention, QK_SCALE } from "./fused-self-attention.ts";
import { loraLinearParams } from "./lora-linear.ts";

const options = z.strictObject({
  ...FUSED_OPTIONS,
  qk_scale: QK_SCALE,
  is_causal: z.boolean().default(false).describe("A token attends to itself and to those before it."),
  lora_rank: z.int().positive().default(8).describe("r, rank of what is added to the frozen weights."),
  qkv_flags: z
    .tuple([z.boolean(), z.boolean(), z.boolean()])
    .default([true, true, true])
    .describe("Which of q, k and v are adapted; with all three the output projection is too."),
});

/**
 * `efficient-attention` whose weights are frozen and get a trained low-rank term (LoRA, Hu et al. 2021): `qkv.lora_A [r n, D]` and
 * `qkv.lora_B [D n, r]` for the n parts that `qkv_flags` names, and `proj.lora_A [r, D]`, `proj.lora_B [D, r]` when it names all.
 * Biases are trained. A projection without adaptation is an ordinary trained one. The weights never absorb the term, in
 * evaluation neither: a checkpoint holds them apart.
 */
export const loraAttention = defineAttention({
  name: "lora-attention",
  summary: "Self-attention with one fused projection whose frozen weights get a trained low-rank term.",
  aliases: ["l3m.model.layers.peft.LoraAttention"],
  positional: ["lora_rank", "qkv_flags"],
  inputs: ["mask", "position_ids"],
  ignores: ["attn_drop"],
  options,
  slots: FUSED_SLOTS,
  build(given, context) {
    const { lora_rank: rank, qkv_flags } = given;
    const declareLinear: typeof linearParams = (owner, name, shape) => {
      const adapted = name === "qkv" ? qkv_flags : [qkv_flags.every(Boolean)];
      return adapted.some(Boolean)
        ? loraLinearParams(owner, name, { ...shape, rank, adapted })
        : linearParams(owner, name, shape);
    };
    const attend = fusedSelfAttention(context, given, { declareLinear });
    const mixing = { causal: given.is_causal, scale: given.qk_scale ?? undefined };
    return { forward: (x_BND, forward) => attend(x_BND, forward, mixing) };
  },
});
