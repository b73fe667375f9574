/** Declares the parameters of a layer norm under PyTorch's names. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { castPrecision, physicalDtype } from "@l3m/tfjs-kernels";
import type { BuildContext } from "../build/build-context.ts";
import { ONES, ZEROS } from "../params/initializers.ts";
import { layerNorm } from "./layer-norm.ts";

export interface LayerNormOptions {
  /** The last dimensions of the input, which are normalised; a number stands for one dimension. */
  readonly shape: number | readonly number[];
  readonly eps: number;
  readonly weight?: boolean;
  readonly bias?: boolean;
  /** Compute in f32 and give the result the format of the input. */
  readonly upcast?: boolean;
  /** False keeps parents that re-initialise every layer norm away from this one. */
  readonly isLayerNorm?: boolean;
}

/** `weight` and `bias` of the normalised shape, unless switched off; returns the function that normalises. */
export function layerNormParams(context: BuildContext, options: LayerNormOptions): (x: Tensor) => Tensor {
  const { eps, upcast = false, isLayerNorm = true } = options;
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
  if (!upcast) return (x) => layerNorm(x, { weight: weight?.value, bias: bias?.value, eps, axes: shape.length });
  return (x) => {
    const affine = {
      weight: weight && castPrecision(weight.value, "f32"),
      bias: bias && castPrecision(bias.value, "f32"),
    };
    const y = layerNorm(castPrecision(x, "f32"), { ...affine, eps, axes: shape.length });
    return castPrecision(y, physicalDtype(x));
  };
}
