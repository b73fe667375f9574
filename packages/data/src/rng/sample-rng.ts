/** Random numbers that depend on a seed, a draw and an index only: the {@link SampleRng} of this package. */
import type { SampleRng } from "@l3m/core";
import { philox4x32 } from "./philox.ts";

const FNV_PRIME = 0x01000193;

/**
 * Philox with key (seed, stream) and counter (block, index, draw low, draw high).
 * Two generators with equal arguments give equal numbers; any difference gives independent ones.
 */
export class PhiloxRng implements SampleRng {
  readonly #key: Uint32Array;
  readonly #counter: Uint32Array;
  readonly #block = new Uint32Array(4);
  #used = 4;

  constructor(key: Uint32Array, counter: Uint32Array) {
    this.#key = key;
    this.#counter = counter;
  }

  uint32(): number {
    if (this.#used === 4) {
      philox4x32(this.#counter, this.#key, this.#block);
      this.#counter[0] = (this.#counter[0] ?? 0) + 1;
      this.#used = 0;
    }
    return this.#block[this.#used++] ?? 0;
  }

  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  below(n: number): number {
    const limit = 0x100000000 - (0x100000000 % n);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % n;
    }
  }

  fork(name: string): PhiloxRng {
    const [seed = 0, stream = 0] = this.#key;
    const [, index = 0, drawLow = 0, drawHigh = 0] = this.#counter;
    return new PhiloxRng(Uint32Array.of(seed, hashName(stream, name)), Uint32Array.of(0, index, drawLow, drawHigh));
  }
}

/** The generator of item `index` in draw `draw` of a run seeded with `seed` (non-negative integers; draw up to 2^53). */
export function sampleRng(seed: number, draw: number, index: number): PhiloxRng {
  const key = Uint32Array.of(seed, Math.floor(seed / 0x100000000));
  return new PhiloxRng(key, Uint32Array.of(0, index, draw, Math.floor(draw / 0x100000000)));
}

/** A random order of 0..n-1 (Fisher-Yates). */
export function permutation(n: number, rng: SampleRng): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    const moved = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = moved;
  }
  return order;
}

/** FNV-1a over UTF-16 units, started from the parent's stream so that nested forks differ. */
function hashName(stream: number, name: string): number {
  let hash = (stream ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), FNV_PRIME) >>> 0;
  return hash;
}
