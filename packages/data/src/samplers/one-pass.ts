/** One pass over a list of items that is made beforehand. */
import type { Sampler } from "@l3m/core";
import { checkSamplerState, type SamplerState } from "./sampler-state.ts";

/** Gives the items batch by batch; the last batch may be short, and then it ends. */
export class OnePass implements Sampler {
  readonly #items: Int32Array;
  readonly #batchSize: number;
  readonly #identity: Pick<SamplerState, "sampler" | "length" | "seed">;
  #position = 0;
  #draw = 0;

  /** `identity` is what a saved state must be a state of. */
  constructor(items: Int32Array, batchSize: number, identity: Pick<SamplerState, "sampler" | "length" | "seed">) {
    this.#items = items;
    this.#batchSize = batchSize;
    this.#identity = identity;
  }

  next(): { indices: Int32Array; draw: number } | undefined {
    if (this.#position === this.#items.length) return undefined;
    const indices = this.#items.slice(this.#position, this.#position + this.#batchSize);
    this.#position += indices.length;
    return { indices, draw: this.#draw++ };
  }

  state(): SamplerState {
    return { ...this.#identity, epoch: 0, position: this.#position, draw: this.#draw };
  }

  restore(state: unknown): void {
    ({ position: this.#position, draw: this.#draw } = checkSamplerState(state, this.#identity));
  }
}
