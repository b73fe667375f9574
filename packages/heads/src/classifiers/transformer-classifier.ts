/** Classifier of one transformer block. B batch, N tokens, D width, C classes. */
import * as tf from "@l3m/core/tf";
import { layerNormParams, linearParams } from "@l3m/core/nn";
import { defineBlock, ONES, read, slot, write, ZEROS } from "@l3m/core";
import * as z from "zod";
import { linearInit } from "./attention-pooling.ts";
import { batchNormParams } from "./batch-norm.ts";

const options = z.strictObject({
  in_features: z.int().positive().describe("D, width of the tokens."),
  out_features: z.int().positive().describe("C, number of classes."),
  mlp_ratio: z.number().positive().default(4).describe("Hidden width of the feed-forward network over D."),
  use_layernorm: z.boolean().default(false).describe("Layer norm (epsilon 1e-5) of the pooled vector."),
  use_batchnorm: z
    .boolean()
    .default(false)
    .describe("Batch norm without gain and bias (epsilon 1e-6) of the pooled vector."),
  weight_init_style: z
    .enum(["xavier", "trunc_normal"])
    .default("xavier")
    .describe("Distribution of every linear weight; biases start at 0."),
  init_std: z.number().positive().default(0.02).describe("Standard deviation, for trunc_normal."),
});

/** One block, mean over all tokens, layer norm, batch norm, linear classifier. */
export const transformerClassifier = defineBlock({
  name: "transformer-classifier",
  summary: "A transformer block, the mean of the tokens, and a linear classifier.",
  aliases: ["l3m.model.heads.classifier.TransformerClassifier"],
  positional: ["in_features", "out_features", "attn_target", "mlp_ratio"],
  options,
  slots: {
    attn_target: slot("attention"),
    norm_layer: slot("norm", { default: { norm: "core/layer-norm", eps: 1e-6 } }),
    block: slot("module", { default: "transformer-trunk/block" }),
  },
  ports: { x: read(null, "B N D=in_features"), y: write(null, "B C=out_features") },
  build(given, context) {
    const { in_features: D, out_features: C } = given;
    const block = context.child("block", given.block, {
      embed_dim: D,
      attn_target: given.attn_target,
      mlp_hidden_dim: Math.trunc(D * given.mlp_ratio),
      norm_layer: given.norm_layer,
    });
    const norm = given.use_layernorm ? layerNormParams(context.scope("norm"), { shape: D, eps: 1e-5 }) : undefined;
    const batchNorm = given.use_batchnorm ? batchNormParams(context.scope("bn"), D) : undefined;
    const linear = linearParams(context, "linear", { in: D, out: C, axes: ["vocab", "embed"] });
    context.reinit(
      ({ role }) => role === "linear.weight",
      ({ shape: [fanOut = 0, fanIn = 0] }) => linearInit(given, fanIn, fanOut),
    );
    context.reinit(({ role }) => role === "linear.bias" || role === "layer-norm.bias", ZEROS);
    context.reinit(({ role }) => role === "layer-norm.weight", ONES);
    return {
      forward({ x }, forward) {
        const mean_BD = tf.mean(block.forward(x, forward), 1);
        const normed = norm === undefined ? mean_BD : norm(mean_BD);
        return { y: linear(batchNorm === undefined ? normed : batchNorm(normed, forward)) };
      },
    };
  },
});
