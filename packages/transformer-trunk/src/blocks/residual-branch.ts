/**
 * What pre-norm blocks are made of: branches next to a residual stream, the last of them a feed-forward network (He et al. 2016;
 * Xiong et al. 2020). D width of the tokens, F hidden width of the feed-forward network.
 */
import * as tf from "@l3m/core/tf";
import { dropPath } from "@l3m/core/nn";
import { type BuildContext, type ForwardContext, type Layer, slot, type SlotValues } from "@l3m/core";
import * as z from "zod";

/** Options of every block. */
export const BRANCH_OPTIONS = {
  mlp_hidden_dim: z.int().positive().describe("F, hidden width of the feed-forward network."),
  ffn_dropout_rate: z.number().min(0).max(1).default(0).describe("Dropout inside the feed-forward network."),
  drop_path: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Probability of skipping a branch for a sample, in training."),
  use_bias: z.boolean().default(true).describe("Biases of attention outputs and of the feed-forward network."),
};

/** Slots of every block. */
export const BRANCH_SLOTS = {
  ffn_target: slot("ffn", { default: "core/mlp" }),
  act_layer: slot("activation", { default: "core/gelu" }),
  norm_layer: slot("norm", { default: "core/layer-norm" }),
};

/** The names of both by position, behind the width and the attentions. */
export const BRANCH_POSITIONAL = [
  "mlp_hidden_dim",
  "ffn_target",
  "act_layer",
  "norm_layer",
  "ffn_dropout_rate",
  "drop_path",
  "use_bias",
];

type BranchOptions = z.infer<z.ZodObject<typeof BRANCH_OPTIONS>> & SlotValues<typeof BRANCH_SLOTS>;

/** Declares `mlp.*`. */
export function feedForward(context: BuildContext, dim: number, given: BranchOptions): Layer {
  return context.child("mlp", given.ffn_target, {
    in_features: dim,
    hidden_features: given.mlp_hidden_dim,
    act_layer: given.act_layer,
    drop: given.ffn_dropout_rate,
    use_bias: given.use_bias,
  });
}

/** Puts what a branch gave on the residual stream, in training with stochastic depth (Huang et al. 2016). */
export function addBranch(
  context: BuildContext,
  { drop_path }: Pick<BranchOptions, "drop_path">,
  forward: ForwardContext,
): (x_BND: tf.Tensor, branch_BND: tf.Tensor, name: string) => tf.Tensor {
  const rng = forward.rng.child(context.path);
  return (x, branch, name) => tf.add(x, dropPath(branch, forward.train ? drop_path : 0, rng, { name }));
}
