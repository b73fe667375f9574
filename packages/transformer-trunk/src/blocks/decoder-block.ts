/**
 * Pre-norm decoder block with cross-attention. B batch, N tokens, M encoder tokens, D and Denc their widths, F hidden width of
 * the feed-forward network.
 */
import * as tf from "@l3m/core/tf";
import { dropPath } from "@l3m/core/nn";
import { defineModule, slot } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  dim: z.int().positive().describe("D, width of the tokens."),
  mlp_hidden_dim: z.int().positive().describe("F, hidden width of the feed-forward network."),
  ffn_dropout_rate: z.number().min(0).max(1).default(0).describe("Dropout inside the feed-forward network."),
  drop_path: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Probability of skipping a branch for a sample, in training."),
  use_bias: z.boolean().default(true).describe("Biases of the attentions' outputs and of the feed-forward network."),
});

/**
 * `x + self_attn(norm_1(x))`, then `x + cross_attn(norm_2(x), e)`, then `x + mlp(norm_3(x))`, each branch with stochastic depth
 * (Vaswani et al. 2017, 3.1, with norms first). The encoder's tokens e `[B, M, Denc]` are the input `keys`, not normalised; the
 * mask `[B, N, N]` goes to both attentions.
 */
export const decoderBlock = defineModule({
  name: "decoder-block",
  summary: "Pre-norm decoder block: self-attention, attention to an encoder's tokens, then a feed-forward network.",
  aliases: ["l3m.model.trunks.transformer_decoder.DecoderBlock"],
  positional: [
    "dim",
    "self_attn_target",
    "cross_attn_target",
    "mlp_hidden_dim",
    "ffn_target",
    "act_layer",
    "norm_layer",
    "ffn_dropout_rate",
    "drop_path",
    "use_bias",
  ],
  inputs: ["keys", "mask"],
  rename: { embed_dim: "dim" },
  options,
  slots: {
    self_attn_target: slot("attention"),
    cross_attn_target: slot("attention"),
    ffn_target: slot("ffn", { default: "core/mlp" }),
    act_layer: slot("activation", { default: "core/gelu" }),
    norm_layer: slot("norm", { default: "core/layer-norm" }),
  },
  build(given, context) {
    const { dim: D, mlp_hidden_dim: F, use_bias, drop_path, act_layer, norm_layer } = given;
    const selfAttn = context.child("self_attn", given.self_attn_target, { use_bias });
    const crossAttn = context.child("cross_attn", given.cross_attn_target, { use_bias });
    const mlp = context.child("mlp", given.ffn_target, {
      in_features: D,
      hidden_features: F,
      act_layer,
      drop: given.ffn_dropout_rate,
      use_bias,
    });
    const norm1 = context.child("norm_1", norm_layer, { dim: D });
    const norm2 = context.child("norm_2", norm_layer, { dim: D });
    const norm3 = context.child("norm_3", norm_layer, { dim: D });
    return {
      forward(x_BND, forward, { keys, mask } = {}) {
        const rng = forward.rng.child(context.path);
        const plus = (x: tf.Tensor, branch: tf.Tensor, name: string): tf.Tensor =>
          tf.add(x, dropPath(branch, forward.train ? drop_path : 0, rng, { name }));
        const encoded = { keys, values: keys, mask };
        const heard = plus(x_BND, selfAttn.forward(norm1.forward(x_BND, forward), forward, { mask }), "self_attn");
        const informed = plus(heard, crossAttn.forward(norm2.forward(heard, forward), forward, encoded), "cross_attn");
        return plus(informed, mlp.forward(norm3.forward(informed, forward), forward), "mlp");
      },
    };
  },
});
