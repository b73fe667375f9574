/** LayerNorm as ml-l3m's models use it: epsilon 1e-6. */
import { defineNorm } from "../contract/definition.ts";
import { layerNormParams } from "../nn/layer-norm-params.ts";
import { layerNormOptions, LAYER_NORM_HEAD } from "./torch-layer-norm.ts";

export const layerNormLayer = defineNorm({
  ...LAYER_NORM_HEAD,
  name: "layer-norm",
  summary: "Layer normalisation with learned gain and bias, epsilon 1e-6.",
  aliases: ["l3m.model.layers.normalization.LAYER_NORM"],
  options: layerNormOptions(1e-6),
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
