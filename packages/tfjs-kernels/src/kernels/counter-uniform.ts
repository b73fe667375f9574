/** CounterUniform: floats of [0, 1), multiples of 2^-24, bit-identical on every engine. */
import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { hostBits, type RandomBitsAttrs } from "./random-bits.ts";

/** Kernel name. Input `key`: int32 `[2]`. Output: float32 `shape`, `(bits >>> 8) * 2^-24`. */
export const CounterUniform = "CounterUniform";

const run = defineKernel<RandomBitsAttrs>({
  name: CounterUniform,
  inputs: ["key"],
  fallback: ({ key }, attrs) => {
    const values = Float32Array.from(hostBits(key, attrs), (word) => (word >>> 8) * 2 ** -24);
    return tensor(values, [...attrs.shape], "float32");
  },
});

/** Uniform floats in [0, 1), float32 `shape`. */
export function counterUniform(key: Tensor, attrs: RandomBitsAttrs): Tensor {
  return run([key], attrs)[0] as Tensor;
}
