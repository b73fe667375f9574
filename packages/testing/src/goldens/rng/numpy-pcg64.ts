/**
 * The stream of numpy's `default_rng(seed)`: PCG64 (XSL-RR output on a 128-bit linear congruential generator, O'Neill 2014)
 * seeded by numpy's SeedSequence. Plays what ml-l3m drew, through the interface that our code draws from.
 */
import type { SampleRng } from "@l3m/core";

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const WORD = 2 ** 32;
const MASK_64 = (1n << 64n) - 1n;
const MASK_128 = (1n << 128n) - 1n;

export class NumpyPcg64 implements SampleRng {
  readonly #increment: bigint;
  #state = 0n;
  /** The upper half of a 64-bit draw whose lower half was handed out. */
  #kept: number | undefined;

  /** `seed` is a non-negative integer up to 2^53. */
  constructor(seed: number) {
    const words = seedSequence([seed % WORD, Math.floor(seed / WORD)], 8).map(BigInt);
    const pair = (i: number): bigint => ((words[i + 1] ?? 0n) << 32n) | (words[i] ?? 0n);
    this.#increment = ((((pair(4) << 64n) | pair(6)) << 1n) | 1n) & MASK_128;
    this.#step();
    this.#state = (this.#state + ((pair(0) << 64n) | pair(2))) & MASK_128;
    this.#step();
  }

  /** numpy's `random()`. */
  float(): number {
    return Number(this.#next64() >> 11n) * 2 ** -53;
  }

  uint32(): number {
    if (this.#kept !== undefined) {
      const kept = this.#kept;
      this.#kept = undefined;
      return kept;
    }
    const draw = this.#next64();
    this.#kept = Number(draw >> 32n);
    return Number(draw & 0xffffffffn);
  }

  /** numpy's `integers(0, n)`: nothing is drawn for n = 1, otherwise Lemire's multiplication with rejection. */
  below(n: number): number {
    if (n === 1) return 0;
    const threshold = (WORD - n) % n;
    for (;;) {
      const product = BigInt(this.uint32()) * BigInt(n);
      if (Number(product & 0xffffffffn) >= threshold) return Number(product >> 32n);
    }
  }

  /** There is one stream. */
  fork(): SampleRng {
    return this;
  }

  #step(): void {
    this.#state = (this.#state * MULTIPLIER + this.#increment) & MASK_128;
  }

  #next64(): bigint {
    this.#step();
    const folded = (this.#state >> 64n) ^ (this.#state & MASK_64);
    const turn = this.#state >> 122n;
    return ((folded >> turn) | (folded << (64n - turn))) & MASK_64;
  }
}

/** numpy's SeedSequence: `count` words of 32 bits from at most four. */
export function seedSequence(entropy: readonly number[], count: number): number[] {
  let hashConstant = 0x43b0d7e5;
  const hash = (value: number): number => {
    const mixed = value ^ hashConstant;
    hashConstant = Math.imul(hashConstant, 0x931e8875);
    return spread(Math.imul(mixed, hashConstant));
  };
  const pool = Array.from({ length: 4 }, (_, i) => hash(entropy[i] ?? 0));
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      if (from === to) continue;
      const hashed = hash(pool[from] ?? 0);
      pool[to] = spread((Math.imul(0xca01f9dd, pool[to] ?? 0) - Math.imul(0x4973f715, hashed)) >>> 0);
    }
  }
  let outputConstant = 0x8b51f9dd;
  return Array.from({ length: count }, (_, k) => {
    const mixed = (pool[k % 4] ?? 0) ^ outputConstant;
    outputConstant = Math.imul(outputConstant, 0x58f38ded);
    return spread(Math.imul(mixed, outputConstant));
  });
}

/** Folds the upper half of a word into the lower. */
function spread(word: number): number {
  return (word ^ (word >>> 16)) >>> 0;
}
