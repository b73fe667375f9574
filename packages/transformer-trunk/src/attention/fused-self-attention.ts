/**
 * Self-attentions whose queries, keys and values come of one projection, as in timm. B batch, N tokens, D width, H heads,
 * d = D / H.
 */
import * as tf from "@l3m/core/tf";
import { evenHeadWidth, linearParams } from "@l3m/core/nn";
import { type BuildContext, type ForwardContext, maybeSlot, type SlotRef } from "@l3m/core";
import * as z from "zod";
import { attentionHeads, type AttentionHeadsOptions, type MixOptions } from "./attention-heads.ts";
import { outputProjection } from "./output-projection.ts";

/** Options that every one of them has. */
export const FUSED_OPTIONS = {
  dim: z.int().positive().describe("D, width of the tokens."),
  num_heads: z.int().positive().default(8).describe("H, heads; divides D."),
  qkv_bias: z.boolean().default(false).describe("Bias of the fused projection."),
  proj_drop: z.number().min(0).max(1).default(0).describe("Dropout on the output, in training."),
  use_bias: z.boolean().default(true).describe("Bias of the output projection."),
};

/** The slots of those that look at positions. */
export const FUSED_SLOTS = { rope_pos_embed: maybeSlot("pos-embed", { shared: true }), qk_norm: maybeSlot("norm") };

/** The option of those that scale scores by choice. */
export const QK_SCALE = z.number().nullish().describe("Factor on the scores; default 1 / sqrt(d).");

/** Their arguments by position. */
export const FUSED_POSITIONAL = ["dim", "num_heads", "qkv_bias", "qk_scale", "attn_drop", "proj_drop", "use_bias"];

export interface FusedSelfAttentionOptions {
  readonly dim: number;
  readonly num_heads: number;
  readonly qkv_bias: boolean;
  readonly proj_drop: number;
  readonly use_bias: boolean;
  readonly rope_pos_embed?: SlotRef<"pos-embed"> | null;
  readonly qk_norm?: SlotRef<"norm"> | null;
}

/**
 * Declares `qkv.*` (rows of q, then k, then v), `proj.*`, `q_norm.*` and `k_norm.*`; returns the function from tokens
 * `[B, N, D]` to the attention's result.
 */
export function fusedSelfAttention(
  context: BuildContext,
  given: FusedSelfAttentionOptions,
  {
    normOver,
    declareLinear = linearParams,
  }: Pick<AttentionHeadsOptions, "normOver"> & { readonly declareLinear?: typeof linearParams } = {},
): (x_BND: tf.Tensor, forward: ForwardContext, options: MixOptions) => tf.Tensor {
  const { dim: D, num_heads: H, qkv_bias, use_bias, proj_drop, rope_pos_embed = null, qk_norm = null } = given;
  const headDim = evenHeadWidth(context, D, H);
  const qkv = declareLinear(context, "qkv", { in: D, out: 3 * D, bias: qkv_bias, axes: ["heads", "embed"] });
  const output = outputProjection(context, { in: D, out: D, bias: use_bias, drop: proj_drop, declareLinear });
  const mix = attentionHeads(context, { heads: H, headDim, qkNorm: qk_norm, normOver, rope: rope_pos_embed });
  return (x_BND, forward, options) => {
    const [q, k, v] = tf.split(qkv(x_BND), 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return output(mix({ q, k, v }, forward, options), forward);
  };
}
