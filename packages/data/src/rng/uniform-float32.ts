/** Uniform numbers in the single precision of PyTorch's `Tensor.uniform_`. */
import type { SampleRng } from "@l3m/core";

/** One draw from [low, high], rounded to float32 at every step. */
export function uniformFloat32(rng: SampleRng, low: number, high: number): number {
  return Math.fround(Math.fround(rng.float() * Math.fround(high - low)) + Math.fround(low));
}
