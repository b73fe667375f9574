/** CounterNormal: standard normals by the inverse of the distribution function, optionally truncated. */
import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { erf, erfInv } from "../random/erf-inv.ts";
import { hostBits, type RandomBitsAttrs } from "./random-bits.ts";

/**
 * Kernel name. Input `key`: int32 `[2]`. Output: float32 `shape`, equal to 2 units in the last place on every engine.
 * With u = ((bits >>> 9) + 0.5) * 2^-23: z = sqrt(2) * erfinv(u * scale + offset), see {@link normalRange}.
 */
export const CounterNormal = "CounterNormal";

export interface CounterNormalAttrs extends RandomBitsAttrs {
  /** Truncation bounds in standard deviations; absent: none. */
  readonly bounds?: readonly [number, number];
}

const run = defineKernel<CounterNormalAttrs>({
  name: CounterNormal,
  inputs: ["key"],
  fallback: ({ key }, attrs) => {
    const { scale, offset, bounds } = normalRange(attrs.bounds);
    const f = Math.fround;
    const values = Float32Array.from(hostBits(key, attrs), (word) => {
      const u = f(f(f((word >>> 9) + 0.5) * 2 ** -23) * scale);
      const z = f(f(Math.SQRT2) * erfInv(f(u + offset)));
      return Math.min(Math.max(z, bounds[0]), bounds[1]);
    });
    return tensor(values, [...attrs.shape], "float32");
  },
});

/** Standard normals, float32 `shape`; with `bounds` of the normal distribution truncated to that interval. */
export function counterNormal(key: Tensor, attrs: CounterNormalAttrs): Tensor {
  return run([key], attrs)[0] as Tensor;
}

/** The affine map from u in (0, 1) to the argument of erfinv, and the bounds that clamp the result. */
export function normalRange(bounds: readonly [number, number] | undefined): {
  readonly scale: number;
  readonly offset: number;
  readonly bounds: readonly [number, number];
} {
  const [min, max] = bounds ?? [-Infinity, Infinity];
  const low = erf(min / Math.SQRT2);
  const high = erf(max / Math.SQRT2);
  return { scale: Math.fround(high - low), offset: Math.fround(low), bounds: [Math.fround(min), Math.fround(max)] };
}
