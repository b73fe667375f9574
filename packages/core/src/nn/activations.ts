/** Activation functions, elementwise on any shape. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";

/** `x/2 (1 + erf(x / sqrt 2))`, the exact GELU (Hendrycks and Gimpel 2016; torch `nn.GELU()`). */
export function gelu(x: Tensor): Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/** `x sigmoid(1.702 x)` (OpenAI CLIP; ml-l3m `QuickGELU`). */
export function quickGelu(x: Tensor): Tensor {
  return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));
}

/** `x sigmoid(x)` (torch `nn.SiLU`). */
export function silu(x: Tensor): Tensor {
  return tf.mul(x, tf.sigmoid(x));
}
