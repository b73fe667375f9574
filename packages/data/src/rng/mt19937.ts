/** The words of MT19937 (Matsumoto and Nishimura 1998), of which torch and numpy make their numbers. */

const SIZE = 624;
const SHIFT = 397;

/** 32-bit words, one after the other. */
export class Mt19937 {
  readonly #words: Uint32Array;
  #used = SIZE;

  private constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** Seeded by one number, of which 32 bits count. */
  static ofSeed(seed: number | bigint): Mt19937 {
    return new Mt19937(seeded(Number(BigInt(seed) & 0xffffffffn)));
  }

  /** Seeded by several words: `init_by_array` of the reference code. */
  static ofWords(key: readonly number[]): Mt19937 {
    const words = seeded(19650218);
    const mixed = (i: number, factor: number): number => {
      const before = words[i - 1] ?? 0;
      return (words[i] ?? 0) ^ Math.imul(before ^ (before >>> 30), factor);
    };
    let i = 1;
    const advance = (): void => {
      i++;
      if (i < SIZE) return;
      words[0] = words[SIZE - 1] ?? 0;
      i = 1;
    };
    for (let k = 0; k < Math.max(SIZE, key.length); k++) {
      const j = k % key.length;
      words[i] = mixed(i, 1664525) + (key[j] ?? 0) + j;
      advance();
    }
    for (let k = 0; k < SIZE - 1; k++) {
      words[i] = mixed(i, 1566083941) - i;
      advance();
    }
    words[0] = 0x80000000;
    return new Mt19937(words);
  }

  next(): number {
    if (this.#used === SIZE) this.#twist();
    let word = this.#words[this.#used++] ?? 0;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
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

function seeded(seed: number): Uint32Array {
  const words = new Uint32Array(SIZE);
  words[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const before = words[i - 1] ?? 0;
    words[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
  }
  return words;
}
