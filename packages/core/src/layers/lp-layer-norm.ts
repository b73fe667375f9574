/** Layer normalisation with separate switches for gain and bias. */
import * as z from "zod";
import { defineNorm } from "../contract/definition.ts";
import { layerNormParams } from "../nn/layer-norm-params.ts";
import { normalizedShape } from "./torch-layer-norm.ts";

const options = z.strictObject({
  normalized_shape: normalizedShape,
  eps: z.number().positive().default(1e-5).describe("Added to the variance."),
  elementwise_gain: z.boolean().default(true).describe("Learned gain."),
  elementwise_bias: z.boolean().default(true).describe("Learned bias."),
});

export const lpLayerNorm = defineNorm({
  name: "lp-layer-norm",
  summary: "Layer normalisation computed in f32, with or without gain and bias; trunks do not initialise it again.",
  aliases: ["l3m.model.layers.normalization.LPLayerNorm"],
  positional: ["normalized_shape", "eps", "elementwise_gain", "elementwise_bias"],
  rename: { dim: "normalized_shape" },
  options,
  build({ normalized_shape, eps, elementwise_gain, elementwise_bias }, context) {
    const norm = layerNormParams(context, {
      shape: normalized_shape,
      eps,
      weight: elementwise_gain,
      bias: elementwise_bias,
      isLayerNorm: false,
    });
    return { forward: (x) => norm(x) };
  },
});
