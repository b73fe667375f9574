/**
 * Multi-head attention of one sequence to another. B batch, N queries, M keys, D width of queries, Denc width of keys and
 * values, H heads, d = D / H.
 */
import { evenHeadWidth, linearParams } from "@l3m/core/nn";
import { defineAttention, formatShape, L3mError, maybeSlot } from "@l3m/core";
import * as z from "zod";
import { attentionHeads } from "./attention-heads.ts";
import { outputProjection } from "./output-projection.ts";

const options = z.strictObject({
  dim: z.int().positive().describe("D, width of the queries and of the result."),
  encoder_dim: z.int().positive().describe("Denc, width of what keys and values are made from."),
  num_heads: z.int().positive().default(8).describe("H, heads; divides D."),
  qkv_bias: z.boolean().default(false).describe("Bias of the query, key and value projections."),
  proj_drop: z.number().min(0).max(1).default(0).describe("Dropout on the output, in training."),
  use_bias: z.boolean().default(true).describe("Bias of the output projection."),
  is_causal: z.boolean().default(false).describe("Query i attends to keys 0..i (top-left aligned)."),
});

/**
 * `proj(softmax(q k^T / sqrt(d)) v)` for q from `x` and k, v from the inputs `keys` and `values` (Vaswani et al. 2017, 3.2.3).
 * Any further input, a mask too, has no effect. Rotary positions need sequences of one length.
 */
export const crossAttention = defineAttention({
  name: "cross-attention",
  summary: "Attention of one sequence to another, with rotary positions and query-key norms; masks have no effect.",
  aliases: ["l3m.model.layers.attention.GeneralizedAttention"],
  positional: [
    "dim",
    "encoder_dim",
    "num_heads",
    "qkv_bias",
    "qk_scale",
    "attn_drop",
    "proj_drop",
    "use_bias",
    "is_causal",
    "relative_pos_embed",
    "qk_norm",
  ],
  inputs: ["keys", "values"],
  ignores: ["qk_scale", "attn_drop"],
  options,
  slots: { relative_pos_embed: maybeSlot("pos-embed", { shared: true }), qk_norm: maybeSlot("norm") },
  build(given, context) {
    const { dim: D, encoder_dim, num_heads: H, qkv_bias, is_causal, relative_pos_embed: rope } = given;
    const d = evenHeadWidth(context, D, H);
    const queries = linearParams(context, "Wq", { in: D, out: D, bias: qkv_bias, axes: ["heads", "embed"] });
    const encoded = { in: encoder_dim, out: D, bias: qkv_bias, axes: ["heads", "embed"] } as const;
    const keys = linearParams(context, "Wk", encoded);
    const values = linearParams(context, "Wv", encoded);
    const output = outputProjection(context, { in: D, out: D, bias: given.use_bias, drop: given.proj_drop });
    const mix = attentionHeads(context, { heads: H, headDim: d, qkNorm: given.qk_norm, rope });
    return {
      forward(x_BND, forward, inputs = {}) {
        const { keys: k_BME, values: v_BME = k_BME } = inputs;
        const bothLengths = k_BME !== undefined && k_BME.shape[1] === x_BND.shape[1];
        if (k_BME === undefined || v_BME === undefined || (rope !== null && !bothLengths)) {
          throw new L3mError("L3M_BAD_SHAPE", {
            message: "A cross-attention reads a second sequence; with rotary positions it is as long as the first.",
            where: { path: context.where },
            expected: rope === null ? "keys [B, M, encoder_dim]" : "keys [B, N, encoder_dim]",
            got: k_BME === undefined ? "no keys" : `x ${formatShape(x_BND.shape)}, keys ${formatShape(k_BME.shape)}`,
            fix: "Use it where a decoder block hands over what the encoder wrote; remove relative_pos_embed if N is not M.",
          });
        }
        const mixed = mix({ q: queries(x_BND), k: keys(k_BME), v: values(v_BME) }, forward, { causal: is_causal });
        return output(mixed, forward);
      },
    };
  },
});
