/** Uniform numbers in the single precision of PyTorch's `Tensor.uniform_`. */
import type { SampleRng } from "@l3m/core";

/** One draw from [low, high]: a fused multiply-add in float32, of which the product is not rounded. */
export function uniformFloat32(rng: SampleRng, low: number, high: number): number {
  const start = Math.fround(low);
  return Math.fround(rng.float() * Math.fround(Math.fround(high) - start) + start);
}
