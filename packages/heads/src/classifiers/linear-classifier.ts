/** Linear classifier on features. D features, C classes. */
import { layerNormParams, linearParams } from "@l3m/core/nn";
import { type BuildContext, defineBlock, type Initializer, L3mError, read, write, ZEROS } from "@l3m/core";
import * as z from "zod";
import { batchNormParams } from "./batch-norm.ts";

const options = z.strictObject({
  in_features: z.int().positive().describe("D, width of the features."),
  out_features: z.int().positive().describe("C, number of classes."),
  use_layernorm: z.boolean().default(false).describe("Layer norm (epsilon 1e-5, in f32) on the features."),
  use_batchnorm: z
    .boolean()
    .default(false)
    .describe("Batch norm without gain and bias (epsilon 1e-6) on features [B, D]."),
  weight_init_style: z
    .enum(["xavier", "trunc_normal", "fan_in_depth_scaled", "zero", "normal"])
    .default("xavier")
    .describe("Distribution of the weight; the bias starts at 0."),
  encoder_num_blocks: z.int().nonnegative().nullish().describe("Depth of the trunk, for fan_in_depth_scaled."),
  init_std: z.number().positive().default(0.02).describe("Standard deviation, for trunc_normal and normal."),
  use_bias: z.boolean().default(true).describe("The classifier has a bias."),
});

export const linearClassifier = defineBlock({
  name: "linear-classifier",
  summary: "linear(norm(x)) on the last axis.",
  aliases: ["l3m.model.heads.classifier.LinearClassifier"],
  positional: [
    "in_features",
    "out_features",
    "use_layernorm",
    "use_batchnorm",
    "weight_init_style",
    "encoder_num_blocks",
    "init_std",
    "use_bias",
  ],
  options,
  ports: { x: read(null, "... D=in_features"), y: write(null, "... C=out_features") },
  build(given, context) {
    const { in_features, out_features, use_bias } = given;
    const norm = given.use_layernorm
      ? layerNormParams(context.scope("norm"), { shape: in_features, eps: 1e-5 })
      : undefined;
    const linear = linearParams(context, "linear", {
      in: in_features,
      out: out_features,
      bias: use_bias,
      init: weightInit(given, context),
      biasInit: ZEROS,
      axes: ["vocab", "embed"],
    });
    const batchNorm = given.use_batchnorm ? batchNormParams(context.scope("bn"), in_features) : undefined;
    return {
      forward({ x }, forward) {
        const normed = norm === undefined ? x : norm(x);
        return { y: linear(batchNorm === undefined ? normed : batchNorm(normed, forward)) };
      },
    };
  },
});

function weightInit(given: z.infer<typeof options>, context: BuildContext): Initializer {
  const { in_features: fan_in, out_features: fan_out, init_std: std, encoder_num_blocks: depth } = given;
  switch (given.weight_init_style) {
    case "xavier":
      return { kind: "xavier-uniform", fan_in, fan_out };
    case "trunc_normal":
      return { kind: "trunc-normal", std };
    case "normal":
      return { kind: "normal", std };
    case "zero":
      return ZEROS;
    case "fan_in_depth_scaled":
      if (depth != null) return { kind: "variance-scaling", scale: 1 / (1 + depth), fan_in, truncated: true };
      throw new L3mError("L3M_BAD_OPTION", {
        message: "The initialisation fan_in_depth_scaled depends on the depth of the trunk.",
        where: { path: `${context.where}.encoder_num_blocks` },
        expected: "the number of blocks",
        got: "nothing",
        fix: "Set encoder_num_blocks.",
      });
  }
}
