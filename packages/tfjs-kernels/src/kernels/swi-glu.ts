/** SwiGlu: the gate of a SwiGLU feed-forward network (Shazeer 2020), which keeps its two inputs but not `silu(gate)`. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { inFormatOf } from "./activation-kernel.ts";
import { siluSlope } from "./silu.ts";

/** Kernel name. Inputs gate and up of one shape. Output `silu(gate) up` in the format of gate. */
export const SwiGlu = "SwiGlu";
/** Kernel name. Inputs gate, up, dy. Outputs: the gradients of gate and up, each in its format. */
export const SwiGluGrad = "SwiGluGrad";

const runGrad = defineKernel<object>({
  name: SwiGluGrad,
  inputs: ["gate", "up", "dy"],
  fallback: (inputs) => {
    const { gate, up, dy } = inputs as { gate: Tensor; up: Tensor; dy: Tensor };
    return [
      inFormatOf(gate, tf.mul(tf.mul(dy, up), siluSlope(gate))),
      inFormatOf(up, tf.mul(dy, tf.mul(gate, tf.sigmoid(gate)))),
    ];
  },
});

const run = defineKernel<object>({
  name: SwiGlu,
  cheap: true,
  inputs: ["gate", "up"],
  fallback: (inputs) => {
    const { gate, up } = inputs as { gate: Tensor; up: Tensor };
    return inFormatOf(gate, tf.mul(tf.mul(gate, tf.sigmoid(gate)), up));
  },
  gradient: ([dy], [gate, up]) => {
    const [dGate, dUp] = runGrad([gate as Tensor, up as Tensor, dy as Tensor], {}) as [Tensor, Tensor];
    return { gate: () => dGate, up: () => dUp };
  },
});

/** `silu(gate) up` elementwise, for two tensors of one shape; computed in f32, in the format of `gate`. */
export function swiGlu(gate: Tensor, up: Tensor): Tensor {
  return run([gate, up], {})[0] as Tensor;
}
