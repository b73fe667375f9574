/** SiLU, the sigmoid linear unit, and QuickGELU, which is SiLU with a steeper sigmoid. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { activationKernel } from "./activation-kernel.ts";

/** Kernel name. Input x, output `x sigmoid(x)` in the format of x. Its gradient is the kernel `SiluGrad` (x, dy). */
export const Silu = "Silu";
/** Kernel name. Input x, output `x sigmoid(1.702 x)` in the format of x. Its gradient is the kernel `QuickGeluGrad` (x, dy). */
export const QuickGelu = "QuickGelu";

/** Factor inside the sigmoid of QuickGELU. */
export const QUICK_GELU_STEEPNESS = 1.702;

const runSilu = activationKernel<object>({
  name: Silu,
  value: (x) => tf.mul(x, tf.sigmoid(x)),
  slope: siluSlope,
});

const runQuickGelu = activationKernel<object>({
  name: QuickGelu,
  value: (x) => tf.mul(x, tf.sigmoid(tf.mul(x, QUICK_GELU_STEEPNESS))),
  slope: (x) => siluSlope(tf.mul(x, QUICK_GELU_STEEPNESS)), // d/dx silu(a x) / a = silu'(a x)
});

/** `x sigmoid(x)` (torch `nn.SiLU`) elementwise, in the format of `x`; computed in f32. */
export function silu(x: Tensor): Tensor {
  return runSilu(x, {});
}

/** `x sigmoid(1.702 x)` (OpenAI CLIP) elementwise, in the format of `x`; computed in f32. */
export function quickGelu(x: Tensor): Tensor {
  return runQuickGelu(x, {});
}

/** The derivative of SiLU, `s (1 + x (1 - s))` with s = sigmoid(x). */
export function siluSlope(x: Tensor): Tensor {
  const s = tf.sigmoid(x);
  return tf.mul(s, tf.add(tf.mul(x, tf.sub(1, s)), 1));
}
