/** The stream of numpy's global generator (`numpy.random.seed`): MT19937 with numbers of 53 bits. */
import type { SampleRng } from "@l3m/core";
import { Mt19937 } from "@l3m/data";

export class NumpyLegacy implements SampleRng {
  readonly #words: Mt19937;

  /** `numpy.random.seed(seed)` with a number or a list of words. */
  constructor(seed: number | readonly number[]) {
    this.#words = typeof seed === "number" ? Mt19937.ofSeed(seed) : Mt19937.ofWords(seed);
  }

  uint32(): number {
    return this.#words.next();
  }

  /** `numpy.random.rand`. */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** `numpy.random.randint(0, n)`: words cut to as many bits as n - 1 has, until one fits; nothing is drawn for n = 1. */
  below(n: number): number {
    if (n === 1) return 0;
    const mask = 2 ** (32 - Math.clz32(n - 1)) - 1;
    for (;;) {
      const value = (this.uint32() & mask) >>> 0;
      if (value < n) return value;
    }
  }

  /** There is one stream. */
  fork(): SampleRng {
    return this;
  }
}
