/** Multi-head self-attention with one fused projection. B batch, N tokens, D width, H heads, d = D / H. */
import * as tf from "@l3m/core/tf";
import { dropout, linearParams } from "@l3m/core/nn";
import { defineAttention, L3mError, maybeSlot } from "@l3m/core";
import * as z from "zod";
import { attentionHeads } from "./attention-heads.ts";

const options = z.strictObject({
  dim: z.int().positive().describe("D, width of the tokens."),
  num_heads: z.int().positive().default(8).describe("H, heads; divides D."),
  qkv_bias: z.boolean().default(false).describe("Bias of the fused projection."),
  qk_scale: z.number().nullish().describe("Factor on the scores; default 1 / sqrt(d)."),
  proj_drop: z.number().min(0).max(1).default(0).describe("Dropout on the output, in training."),
  use_bias: z.boolean().default(true).describe("Bias of the output projection."),
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
  positional: ["dim", "num_heads", "qkv_bias", "qk_scale", "attn_drop", "proj_drop", "use_bias"],
  inputs: ["mask", "position_ids"],
  ignores: ["attn_drop"],
  options,
  slots: { rope_pos_embed: maybeSlot("pos-embed", { shared: true }), qk_norm: maybeSlot("norm") },
  build(given, context) {
    const { dim: D, num_heads: H, qkv_bias, qk_scale, use_bias, is_causal, proj_drop } = given;
    if (D % H !== 0) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "The heads share the width evenly.",
        where: { path: `${context.where}.num_heads` },
        expected: `a divisor of dim = ${D}`,
        got: `${H}`,
        fix: "Change num_heads or dim.",
      });
    }
    const qkv = linearParams(context, "qkv", { in: D, out: 3 * D, bias: qkv_bias, axes: ["heads", "embed"] });
    const proj = linearParams(context, "proj", { in: D, out: D, bias: use_bias, axes: ["embed", "heads"] });
    const mix = attentionHeads(context, {
      heads: H,
      headDim: D / H,
      qkNorm: given.qk_norm,
      rope: given.rope_pos_embed,
    });
    return {
      forward(x_BND, forward) {
        const [q, k, v] = tf.split(qkv(x_BND), 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const mixed = mix({ q, k, v }, forward, { causal: is_causal, scale: qk_scale ?? undefined });
        return dropout(proj(mixed), forward.train ? proj_drop : 0, forward.rng.child(context.path), "output");
      },
    };
  },
});
