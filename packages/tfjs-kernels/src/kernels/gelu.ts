/** GELU, the Gaussian error linear unit (Hendrycks and Gimpel 2016). */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { activationKernel } from "./activation-kernel.ts";

/** Kernel name. Input x, output `x Phi(x)` in the format of x. Its gradient is the kernel `GeluGrad` (x, dy). */
export const Gelu = "Gelu";

export interface GeluAttrs {
  /** `"none"`: Phi by the error function. `"tanh"`: `Phi(x) ~ (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2`. As in torch. */
  readonly approximate: "none" | "tanh";
}

/** sqrt(2 / pi), the factor inside the tanh. */
export const GELU_TANH_SCALE = Math.sqrt(2 / Math.PI);
/** The factor of x^3 inside the tanh. */
export const GELU_TANH_CUBIC = 0.044715;

const run = activationKernel<GeluAttrs>({
  name: Gelu,
  value: (x, { approximate }) =>
    approximate === "none"
      ? tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))
      : tf.mul(tf.mul(x, 0.5), tf.add(tanhOfCubic(x), 1)),
  slope: (x, { approximate }) => (approximate === "none" ? exactSlope(x) : tanhSlope(x)),
});

/** `x Phi(x)` elementwise, in the format of `x`; computed in f32. */
export function gelu(x: Tensor, approximate: GeluAttrs["approximate"] = "none"): Tensor {
  return run(x, { approximate });
}

/** `Phi(x) + x phi(x)`, phi the density of the normal distribution. */
function exactSlope(x: Tensor): Tensor {
  const cdf = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.add(cdf, tf.mul(x, density));
}

/** `(1 + t) / 2 + x/2 (1 - t^2) sqrt(2 / pi) (1 + 3 * 0.044715 x^2)` with t the tanh. */
function tanhSlope(x: Tensor): Tensor {
  const t = tanhOfCubic(x);
  const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * GELU_TANH_CUBIC), 1), GELU_TANH_SCALE);
  const bend = tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), inner);
  return tf.mul(tf.add(tf.add(t, 1), bend), 0.5);
}

function tanhOfCubic(x: Tensor): Tensor {
  const cubic = tf.mul(x, tf.add(tf.mul(tf.square(x), GELU_TANH_CUBIC), 1));
  return tf.tanh(tf.mul(cubic, GELU_TANH_SCALE));
}
