/**
 * What blocks of self-attention share: attention, then a feed-forward network, each a branch next to the residual stream. B
 * batch, N tokens, D width.
 */
import type * as tf from "@l3m/core/tf";
import { type BuildContext, type ForwardContext, type LayerInputs, slot, type SlotValues } from "@l3m/core";
import * as z from "zod";
import { addBranch, BRANCH_OPTIONS, BRANCH_POSITIONAL, BRANCH_SLOTS, feedForward } from "./residual-branch.ts";

/** Options that every one of them has. */
export const BLOCK_OPTIONS = { embed_dim: z.int().positive().describe("D, width of the tokens."), ...BRANCH_OPTIONS };

export const BLOCK_SLOTS = { attn_target: slot("attention"), ...BRANCH_SLOTS };

/** Their arguments by position. */
export const BLOCK_POSITIONAL = ["embed_dim", "attn_target", ...BRANCH_POSITIONAL];

type BlockOptions = z.infer<z.ZodObject<typeof BLOCK_OPTIONS>> & SlotValues<typeof BLOCK_SLOTS>;

/** What the output of a branch goes through before it joins the residual stream. */
export type BranchEnd = (y_BND: tf.Tensor, branch: "attn" | "mlp") => tf.Tensor;

/**
 * Declares `attn.*`, `norm_1.*`, `mlp.*` and `norm_2.*`. The function that it returns maps tokens `[B, N, D]` to
 * `x + attn(norm_1(x))`, then `x + mlp(norm_2(x))`, each branch with stochastic depth (Xiong et al. 2020; Huang et al. 2016).
 */
export function preNormBlock(
  context: BuildContext,
  given: BlockOptions,
): (x_BND: tf.Tensor, forward: ForwardContext, inputs?: LayerInputs, end?: BranchEnd) => tf.Tensor {
  const { embed_dim: dim, use_bias, norm_layer } = given;
  const attn = context.child("attn", given.attn_target, { use_bias });
  const norm1 = context.child("norm_1", norm_layer, { dim });
  const mlp = feedForward(context, dim, given);
  const norm2 = context.child("norm_2", norm_layer, { dim });
  return (x_BND, forward, inputs, end = (y) => y) => {
    const plus = addBranch(context, given, forward);
    const attention = attn.forward(norm1.forward(x_BND, forward), forward, inputs);
    const attended = plus(x_BND, end(attention, "attn"), "attn");
    return plus(attended, end(mlp.forward(norm2.forward(attended, forward), forward), "mlp"), "mlp");
  };
}
