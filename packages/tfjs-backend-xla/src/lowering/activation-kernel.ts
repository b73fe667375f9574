/** Families of kernels for activations: elementwise functions in f32, with results in the format of x. */
import { convert, logistic, multiply, subtract, add, type Value } from "@l3m/stablehlo";
import { fullLike } from "./broadcast.ts";
import { type KernelLowering, lowering } from "./kernel.ts";

/** f(x). */
export function activation<Attrs extends object>(
  kernelName: string,
  value: (x: Value, attrs: Attrs) => Value,
): KernelLowering {
  return lowering<"x", Attrs>(kernelName, ({ x }, attrs) => ({
    value: convert(value(convert(x.value, "f32"), attrs), x.value.type.element),
    dtype: "float32",
  }));
}

/** dy f'(x). */
export function activationGrad<Attrs extends object>(
  kernelName: string,
  slope: (x: Value, attrs: Attrs) => Value,
): KernelLowering {
  return lowering<"x" | "dy", Attrs>(kernelName, ({ x, dy }, attrs) => ({
    value: convert(multiply(convert(dy.value, "f32"), slope(convert(x.value, "f32"), attrs)), x.value.type.element),
    dtype: "float32",
  }));
}

/** `x sigmoid(x)`. */
export function siluOf(x: Value): Value {
  return multiply(x, logistic(x));
}

/** Its derivative, `s (1 + x (1 - s))` with s = sigmoid(x). */
export function siluSlope(x: Value): Value {
  const s = logistic(x);
  const one = fullLike(x, 1);
  return multiply(s, add(one, multiply(x, subtract(one, s))));
}
