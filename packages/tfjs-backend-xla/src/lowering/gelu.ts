/** GELU and its derivative, exact and by the tanh approximation. */
import { add, erf, exp, multiply, subtract, tanh, type Value } from "@l3m/stablehlo";
import { GELU_TANH_CUBIC, GELU_TANH_SCALE, type GeluAttrs } from "@l3m/tfjs-kernels";
import { fullLike } from "./broadcast.ts";

/** `x Phi(x)`. */
export function geluOf(x: Value, { approximate }: GeluAttrs): Value {
  const bend = approximate === "none" ? erf(times(x, Math.SQRT1_2)) : tanhOfCubic(x);
  return multiply(times(x, 0.5), plus(bend, 1));
}

/** The derivative of {@link geluOf}. */
export function geluSlope(x: Value, { approximate }: GeluAttrs): Value {
  return approximate === "none" ? exactSlope(x) : tanhSlope(x);
}

/** `Phi(x) + x phi(x)`, phi the density of the normal distribution. */
function exactSlope(x: Value): Value {
  const cdf = times(plus(erf(times(x, Math.SQRT1_2)), 1), 0.5);
  const density = times(exp(times(multiply(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(cdf, multiply(x, density));
}

/** `(1 + t) / 2 + x/2 (1 - t^2) sqrt(2 / pi) (1 + 3 * 0.044715 x^2)` with t the tanh. */
function tanhSlope(x: Value): Value {
  const t = tanhOfCubic(x);
  const inner = times(plus(times(multiply(x, x), 3 * GELU_TANH_CUBIC), 1), GELU_TANH_SCALE);
  const bend = multiply(multiply(x, subtract(fullLike(t, 1), multiply(t, t))), inner);
  return times(add(plus(t, 1), bend), 0.5);
}

function tanhOfCubic(x: Value): Value {
  return tanh(times(add(x, times(multiply(x, multiply(x, x)), GELU_TANH_CUBIC)), GELU_TANH_SCALE));
}

function times(x: Value, factor: number): Value {
  return multiply(x, fullLike(x, factor));
}

function plus(x: Value, term: number): Value {
  return add(x, fullLike(x, term));
}
