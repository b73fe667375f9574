/** LayerNorm with PyTorch's own epsilon. */
import * as z from "zod";
import { defineNorm } from "../contract/definition.ts";
import { layerNormParams } from "../nn/layer-norm-params.ts";

/** One width, or the sizes of the last dimensions. */
export const normalizedShape = z
  .union([z.int().positive(), z.array(z.int().positive()).min(1)], "a positive number, or a list of them")
  .describe("Width of the last axis, or sizes of the last axes.");

/** Options of a LayerNorm whose default epsilon is `eps`. */
export const layerNormOptions = (eps: number) =>
  z.strictObject({
    normalized_shape: normalizedShape,
    eps: z.number().positive().default(eps).describe("Added to the variance."),
    elementwise_affine: z.boolean().default(true).describe("Learned gain, and bias unless `bias` is false."),
    bias: z.boolean().default(true).describe("Learned bias."),
  });

/** What LayerNorm definitions share: argument order, and `dim` as their parents call the width. */
export const LAYER_NORM_HEAD = {
  positional: ["normalized_shape", "eps", "elementwise_affine", "bias"],
  rename: { dim: "normalized_shape" },
  ignores: ["device", "dtype"],
} as const;

export const torchLayerNorm = defineNorm({
  ...LAYER_NORM_HEAD,
  name: "torch-layer-norm",
  summary: "Layer normalisation with learned gain and bias, epsilon 1e-5.",
  aliases: ["torch.nn.LayerNorm", "torch.nn.modules.normalization.LayerNorm"],
  options: layerNormOptions(1e-5),
  build({ normalized_shape, eps, elementwise_affine, bias }, context) {
    const norm = layerNormParams(context, {
      shape: normalized_shape,
      eps,
      weight: elementwise_affine,
      bias: elementwise_affine && bias,
    });
    return { forward: (x) => norm(x) };
  },
});
