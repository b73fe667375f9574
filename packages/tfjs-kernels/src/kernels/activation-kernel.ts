/** Activations as kernels: elementwise functions that keep nothing but their input for the backward pass. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { castPrecision, physicalDtype } from "./cast-precision.ts";

export interface ActivationDefinition<A extends object> {
  readonly name: string;
  /** f(x) of stock ops. */
  readonly value: (x: Tensor, attrs: A) => Tensor;
  /** f'(x) of stock ops. */
  readonly slope: (x: Tensor, attrs: A) => Tensor;
}

/**
 * Defines the kernel `name` (input x, output f(x)) and its gradient `<name>Grad` (inputs x and dy, output dy f'(x)). Both compute
 * in f32 and give the format of x.
 */
export function activationKernel<A extends object>(
  definition: ActivationDefinition<A>,
): (x: Tensor, attrs: A) => Tensor {
  const { name, value, slope } = definition;
  const runGrad = defineKernel<A>({
    name: `${name}Grad`,
    inputs: ["x", "dy"],
    fallback: ({ x, dy }, attrs) => inFormatOf(x as Tensor, tf.mul(dy as Tensor, slope(x as Tensor, attrs))),
  });
  const run = defineKernel<A>({
    name,
    inputs: ["x"],
    cheap: true,
    fallback: ({ x }, attrs) => inFormatOf(x as Tensor, value(x as Tensor, attrs)),
    gradient: ([dy], [x], attrs) => ({ x: () => runGrad([x as Tensor, dy as Tensor], attrs)[0] as Tensor }),
  });
  return (x, attrs) => run([x], attrs)[0] as Tensor;
}

/** `y` in the physical format of `x`. */
export function inFormatOf(x: Tensor, y: Tensor): Tensor {
  return castPrecision(y, physicalDtype(x));
}
