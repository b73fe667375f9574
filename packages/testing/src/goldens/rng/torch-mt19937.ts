/** The stream of torch's CPU generator: MT19937 (Matsumoto and Nishimura 1998), and how torch makes numbers of its words. */
import type { SampleRng } from "@l3m/core";

const SIZE = 624;
const SHIFT = 397;
/** From this many values on, torch takes two words for an integer. */
const TWO_WORDS = 2 ** 28;

export class TorchMt19937 implements SampleRng {
  readonly #words = new Uint32Array(SIZE);
  #used = SIZE;

  /** `torch.manual_seed(seed)`, of which 32 bits count. */
  constructor(seed: number) {
    const words = this.#words;
    words[0] = seed % 2 ** 32;
    for (let i = 1; i < SIZE; i++) {
      const before = words[i - 1] ?? 0;
      words[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  uint32(): number {
    if (this.#used === SIZE) this.#twist();
    let word = this.#words[this.#used++] ?? 0;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** `torch.rand`: 24 bits, a float32. */
  float(): number {
    return (this.uint32() & 0xffffff) * 2 ** -24;
  }

  /** `torch.randint(0, n)`; it favours small values a little, as there. */
  below(n: number): number {
    if (n < TWO_WORDS) return this.uint32() % n;
    const high = BigInt(this.uint32());
    return Number(((high << 32n) | BigInt(this.uint32())) % BigInt(n));
  }

  /** There is one stream. */
  fork(): SampleRng {
    return this;
  }

  #twist(): void {
    const words = this.#words;
    for (let i = 0; i < SIZE; i++) {
      const joined = ((words[i] ?? 0) & 0x80000000) | ((words[(i + 1) % SIZE] ?? 0) & 0x7fffffff);
      words[i] = (words[(i + SHIFT) % SIZE] ?? 0) ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    this.#used = 0;
  }
}
