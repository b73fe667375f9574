/** Declares the parameters of a layer norm under PyTorch's names. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { layerNorm } from "@l3m/tfjs-kernels";
import type { BuildContext } from "../build/build-context.ts";
import { ONES, ZEROS } from "../params/initializers.ts";
import { checkTrailingShape } from "./trailing-shape.ts";

export interface LayerNormParamsOptions {
  /** The last dimensions of the input, which are normalised; a number stands for one dimension. */
  readonly shape: number | readonly number[];
  readonly eps: number;
  readonly weight?: boolean;
  readonly bias?: boolean;
  /** False keeps parents that re-initialise every layer norm away from this one. */
  readonly isLayerNorm?: boolean;
}

/** `weight` and `bias` of the normalised shape, unless switched off; returns the function that normalises. */
export function layerNormParams(context: BuildContext, options: LayerNormParamsOptions): (x: Tensor) => Tensor {
  const { eps, isLayerNorm = true } = options;
  const shape = typeof options.shape === "number" ? [options.shape] : options.shape;
  const axes = shape.length === 1 ? ["embed"] : [];
  const weight =
    options.weight === false
      ? undefined
      : context.param("weight", shape, { init: ONES, axes, role: isLayerNorm ? "layer-norm.weight" : "other" });
  const bias =
    options.bias === false
      ? undefined
      : context.param("bias", shape, { init: ZEROS, axes, role: isLayerNorm ? "layer-norm.bias" : "other" });
  return (x) => {
    checkTrailingShape(x, shape);
    return layerNorm(x, { weight: weight?.value, bias: bias?.value, eps, axes: shape.length });
  };
}
