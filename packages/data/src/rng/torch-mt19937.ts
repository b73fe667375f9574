/** The stream of torch's CPU generator: how torch makes numbers of the words of MT19937. */
import type { SampleRng } from "@l3m/core";
import { Mt19937 } from "./mt19937.ts";

/** From this many values on, torch takes two words for an integer. */
const TWO_WORDS = 2 ** 28;

/** Every draw takes words from the one stream, as in torch: what is drawn first changes what comes after. */
export class TorchMt19937 implements SampleRng {
  readonly #words: Mt19937;

  /** `torch.manual_seed(seed)`. */
  constructor(seed: number | bigint) {
    this.#words = Mt19937.ofSeed(seed);
  }

  uint32(): number {
    return this.#words.next();
  }

  /** Two words, the first above. */
  uint64(): bigint {
    const high = BigInt(this.uint32());
    return (high << 32n) | BigInt(this.uint32());
  }

  /** `torch.rand`: 24 bits, a float32. */
  float(): number {
    return (this.uint32() & 0xffffff) * 2 ** -24;
  }

  /** `torch.randint(0, n)`; it favours small values a little, as there. */
  below(n: number): number {
    return n < TWO_WORDS ? this.uint32() % n : Number(this.uint64() % BigInt(n));
  }

  /** There is one stream. */
  fork(): SampleRng {
    return this;
  }
}
