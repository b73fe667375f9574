/** Gradients of products: computed in the format of the product itself. */
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { castPrecision, physicalDtype } from "../kernels/cast-precision.ts";

/**
 * The gradient of a matrix product or convolution, with `dy` in bf16 where the product was: it was if one of its operands is.
 * An f32 `dy` comes out of f32 islands behind the product, and would meet a saved f32 operand in an f32 product.
 */
export function inFormatOfProduct(gradient: GradConfig): GradConfig {
  return {
    ...gradient,
    gradFunc: (dy, saved, attrs) => {
      const isNarrow = saved.some((operand) => operand.dtype === "float32" && physicalDtype(operand) === "bf16");
      return gradient.gradFunc(isNarrow ? castPrecision(dy as Tensor, "bf16") : dy, saved, attrs);
    },
  };
}
