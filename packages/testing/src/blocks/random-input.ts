/** Reproducible inputs for block tests. */
import type { HostArray } from "@l3m/core";

/** A shape (standard normal float32), or a shape with the sort of numbers in it. */
export type InputSpec =
  | readonly number[]
  | { readonly shape: readonly number[]; readonly dtype: "float32" }
  /** Integers in [0, below). */
  | { readonly shape: readonly number[]; readonly dtype: "int32"; readonly below: number }
  | { readonly shape: readonly number[]; readonly dtype: "bool" };

export interface RandomArray extends HostArray {
  readonly dtype: "float32" | "int32" | "bool";
}

/** Numbers from a small generator (mulberry32), the same everywhere for the same seed. */
export class RandomNumbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  normals(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.normal());
  }

  array(spec: InputSpec): RandomArray {
    const { shape, dtype } = "shape" in spec ? spec : { shape: spec, dtype: "float32" as const };
    const count = shape.reduce((product, size) => product * size, 1);
    if ("shape" in spec && spec.dtype === "int32")
      return { shape, dtype, data: Int32Array.from({ length: count }, () => Math.floor(this.uniform() * spec.below)) };
    if (dtype === "bool")
      return { shape, dtype, data: Uint8Array.from({ length: count }, () => (this.uniform() < 0.5 ? 1 : 0)) };
    return { shape, dtype, data: this.normals(count) };
  }
}
