/** Pre-norm transformer block. B batch, N tokens, D width, F hidden width of the feed-forward network. */
import * as tf from "@l3m/core/tf";
import { dropPath } from "@l3m/core/nn";
import { defineModule, slot } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
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
});

/** `x + attn(norm_1(x))`, then `x + mlp(norm_2(x))`, each branch with stochastic depth (Xiong et al. 2020; Huang et al. 2016). */
export const block = defineModule({
  name: "block",
  summary: "Pre-norm transformer block: attention, then a feed-forward network.",
  aliases: ["l3m.model.trunks.transformer.Block"],
  positional: [
    "embed_dim",
    "attn_target",
    "mlp_hidden_dim",
    "ffn_target",
    "act_layer",
    "norm_layer",
    "ffn_dropout_rate",
    "drop_path",
    "use_bias",
  ],
  inputs: ["mask", "position_ids"],
  options,
  slots: {
    attn_target: slot("attention"),
    ffn_target: slot("ffn", { default: "core/mlp" }),
    act_layer: slot("activation", { default: "core/gelu" }),
    norm_layer: slot("norm", { default: "core/layer-norm" }),
  },
  build(given, context) {
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
    return {
      forward(x_BND, forward, inputs) {
        const rng = forward.rng.child(context.path);
        const branch = (y: tf.Tensor, name: string): tf.Tensor =>
          dropPath(y, forward.train ? drop_path : 0, rng, { name });
        const attended = tf.add(x_BND, branch(attn.forward(norm1.forward(x_BND, forward), forward, inputs), "attn"));
        return tf.add(attended, branch(mlp.forward(norm2.forward(attended, forward), forward), "mlp"));
      },
    };
  },
});
