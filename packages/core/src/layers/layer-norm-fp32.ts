/** LayerNorm that computes in f32 whatever the format of its input. */
import { defineNorm } from "../contract/definition.ts";
import { layerNormParams } from "../nn/layer-norm-params.ts";
import { layerNormOptions, LAYER_NORM_HEAD } from "./torch-layer-norm.ts";

export const layerNormFp32 = defineNorm({
  ...LAYER_NORM_HEAD,
  name: "layer-norm-fp32",
  summary: "Layer normalisation computed in f32; the result has the format of the input.",
  aliases: ["l3m.model.layers.normalization.LayerNormFP32"],
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
