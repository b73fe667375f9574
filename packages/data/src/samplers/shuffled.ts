/** Endless epochs, each in a new random order. */
import { defineSampler, type Sampler } from "@l3m/core";
import { z } from "zod";
import { EpochOrder } from "./epoch-order.ts";
import { requireItems } from "./require-items.ts";
import { samplerInputs, type SamplerInputs, samplerOptions } from "./sampler-options.ts";
import { checkSamplerState, type SamplerState } from "./sampler-state.ts";

/** Every item once per epoch; a batch may span the end of one epoch and the start of the next. */
export class ShuffledSampler implements Sampler {
  readonly #length: number;
  readonly #batchSize: number;
  readonly #order: EpochOrder;
  readonly #identity: Pick<SamplerState, "sampler" | "length" | "seed">;
  #position = 0;
  #epoch = 0;
  #draw = 0;

  /** Throws `L3M_BAD_OPTION` for an empty dataset. */
  constructor({ dataset, batchSize, seed }: SamplerInputs) {
    requireItems("data/shuffled", "items", dataset.length, 1);
    this.#length = dataset.length;
    this.#batchSize = batchSize;
    this.#order = new EpochOrder(dataset.length, seed, "shuffled");
    this.#identity = { sampler: "shuffled", length: dataset.length, seed };
  }

  next(): { indices: Int32Array; draw: number } {
    const indices = new Int32Array(this.#batchSize);
    for (let i = 0; i < indices.length; i++) {
      if (this.#position === this.#length) {
        this.#position = 0;
        this.#epoch++;
      }
      indices[i] = this.#order.of(this.#epoch)[this.#position++] ?? 0;
    }
    return { indices, draw: this.#draw++ };
  }

  state(): SamplerState {
    return { ...this.#identity, epoch: this.#epoch, position: this.#position, draw: this.#draw };
  }

  restore(state: unknown): void {
    ({ epoch: this.#epoch, position: this.#position, draw: this.#draw } = checkSamplerState(state, this.#identity));
  }
}

/** The sampler `data/shuffled`. */
export const shuffled = defineSampler({
  name: "shuffled",
  summary: "Endless epochs, each in a new random order.",
  options: z.strictObject(samplerOptions),
  build: (options) => new ShuffledSampler(samplerInputs(options)),
});
