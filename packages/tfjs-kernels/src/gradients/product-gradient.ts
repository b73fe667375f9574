/** Gradients of products: computed in the format of the product itself, from operands that may be made again. */
import { reshape, type GradConfig, type Tensor } from "@tensorflow/tfjs-core";
import { recipeOf } from "../cheap-results.ts";
import { castPrecision, physicalDtype } from "../kernels/cast-precision.ts";
import { optimizationBarrier } from "../kernels/optimization-barrier.ts";

/**
 * The gradient of a matrix product or convolution, with `dy` in bf16 where the product was: it was if one of its operands is.
 * An f32 `dy` comes out of f32 islands behind the product, and would meet a saved f32 operand in an f32 product.
 */
export function productGradient(gradient: GradConfig): GradConfig {
  return {
    ...gradient,
    gradFunc: (dy, saved, attrs) => {
      const isNarrow = saved.some((operand) => operand.dtype === "float32" && physicalDtype(operand) === "bf16");
      const given = isNarrow ? castPrecision(dy as Tensor, "bf16") : (dy as Tensor);
      const operands = saved.map((operand) => madeAgain(operand, given));
      return gradient.gradFunc(given, operands, attrs);
    },
  };
}

/** `kept` made again if it is a cheap result, else itself. It is not made before `dy` exists, so it takes no memory until then. */
function madeAgain(kept: Tensor, dy: Tensor): Tensor {
  const recipe = recipeOf(kept);
  if (recipe === undefined) return kept;
  if (recipe.again === undefined) {
    const [, ...inputs] = optimizationBarrier([dy, ...recipe.inputs]);
    recipe.again = { inputs, result: recipe.run(inputs) };
  }
  return reshape(recipe.again.result, kept.shape);
}
