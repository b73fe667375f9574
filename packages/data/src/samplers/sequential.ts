/** Items in order: for evaluation, or for training on data that is shuffled already. */
import { defineSampler, type Sampler } from "@l3m/core";
import { z } from "zod";
import { requireItems } from "./require-items.ts";
import { samplerInputs, type SamplerInputs, samplerOptions } from "./sampler-options.ts";
import { checkSamplerState, type SamplerState } from "./sampler-state.ts";

/** Options beside the inputs of all samplers. */
export interface SequentialOptions {
  /** Start again after the last item, for ever. Default false. */
  readonly repeat?: boolean;
  /** Leave out the last batch if it is short. Default false. With `repeat` batches are always full. */
  readonly dropLast?: boolean;
}

/** Walks the items in order. */
export class SequentialSampler implements Sampler {
  readonly #length: number;
  readonly #batchSize: number;
  readonly #repeat: boolean;
  readonly #dropLast: boolean;
  readonly #identity: Pick<SamplerState, "sampler" | "length" | "seed">;
  #position = 0;
  #epoch = 0;
  #draw = 0;

  /** Throws `L3M_BAD_OPTION` for an empty dataset. */
  constructor({ dataset, batchSize, seed }: SamplerInputs, options: SequentialOptions = {}) {
    requireItems("data/sequential", "items", dataset.length, 1);
    this.#length = dataset.length;
    this.#batchSize = batchSize;
    this.#repeat = options.repeat ?? false;
    this.#dropLast = options.dropLast ?? false;
    this.#identity = { sampler: "sequential", length: dataset.length, seed };
  }

  next(): { indices: Int32Array; draw: number } | undefined {
    const left = this.#length - this.#position;
    if (!this.#repeat && (left === 0 || (this.#dropLast && left < this.#batchSize))) return undefined;
    const size = this.#repeat ? this.#batchSize : Math.min(left, this.#batchSize);
    const indices = Int32Array.from({ length: size }, () => {
      if (this.#position === this.#length) {
        this.#position = 0;
        this.#epoch++;
      }
      return this.#position++;
    });
    return { indices, draw: this.#draw++ };
  }

  state(): SamplerState {
    return { ...this.#identity, epoch: this.#epoch, position: this.#position, draw: this.#draw };
  }

  restore(state: unknown): void {
    ({ epoch: this.#epoch, position: this.#position, draw: this.#draw } = checkSamplerState(state, this.#identity));
  }
}

/** The sampler `data/sequential`. */
export const sequential = defineSampler({
  name: "sequential",
  summary: "Items in order, once or again and again.",
  options: z.strictObject({
    ...samplerOptions,
    repeat: z.boolean().default(false).describe("Start again after the last item."),
    drop_last: z.boolean().default(false).describe("Leave out a short last batch."),
  }),
  build: (options) =>
    new SequentialSampler(samplerInputs(options), { repeat: options.repeat, dropLast: options.drop_last }),
});
