/**
 * What pre-norm transformer blocks share: attention, then a feed-forward network, each a branch next to the residual stream. B
 * batch, N tokens, D width, F hidden width of the feed-forward network.
 */
import * as tf from "@l3m/core/tf";
import { dropPath } from "@l3m/core/nn";
import { type BuildContext, type ForwardContext, type LayerInputs, slot, type SlotValues } from "@l3m/core";
import * as z from "zod";

/** Options that every one of them has. */
export const BLOCK_OPTIONS = {
  embed_dim: z.int().positive().describe("D, width of the tokens."),
  mlp_hidden_dim: z.int().positive().describe("F, hidden width of the feed-forward network."),
  ffn_dropout_rate: z.number().min(0).max(1).default(0).describe("Dropout inside the feed-forward network."),
  drop_path: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Probability of skipping a branch for a sample, in training."),
  use_bias: z.boolean().default(true).describe("Biases of the attention's output and of the feed-forward network."),
};

export const BLOCK_SLOTS = {
  attn_target: slot("attention"),
  ffn_target: slot("ffn", { default: "core/mlp" }),
  act_layer: slot("activation", { default: "core/gelu" }),
  norm_layer: slot("norm", { default: "core/layer-norm" }),
};

/** Their arguments by position. */
export const BLOCK_POSITIONAL = [
  "embed_dim",
  "attn_target",
  "mlp_hidden_dim",
  "ffn_target",
  "act_layer",
  "norm_layer",
  "ffn_dropout_rate",
  "drop_path",
  "use_bias",
];

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
  const { embed_dim: D, mlp_hidden_dim: F, use_bias, drop_path, act_layer, norm_layer } = given;
  const attn = context.child("attn", given.attn_target, { use_bias });
  const norm1 = context.child("norm_1", norm_layer, { dim: D });
  const mlp = context.child("mlp", given.ffn_target, {
    in_features: D,
    hidden_features: F,
    act_layer,
    drop: given.ffn_dropout_rate,
    use_bias,
  });
  const norm2 = context.child("norm_2", norm_layer, { dim: D });
  return (x_BND, forward, inputs, end = (y) => y) => {
    const rng = forward.rng.child(context.path);
    const plus = (x: tf.Tensor, y: tf.Tensor, name: "attn" | "mlp"): tf.Tensor =>
      tf.add(x, dropPath(end(y, name), forward.train ? drop_path : 0, rng, { name }));
    const attended = plus(x_BND, attn.forward(norm1.forward(x_BND, forward), forward, inputs), "attn");
    return plus(attended, mlp.forward(norm2.forward(attended, forward), forward), "mlp");
  };
}
