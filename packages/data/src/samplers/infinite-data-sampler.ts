/** InfiniteDataSampler: the endless stream of items that ml-l3m trains on, in its very order. */
import { defineSampler, type Sampler } from "@l3m/core";
import { z } from "zod";
import { TorchMt19937 } from "../rng/torch-mt19937.ts";
import { torchRandperm } from "../rng/torch-randperm.ts";
import { type Replica, replicaOf, replicaOptions } from "./replica-options.ts";
import { requireItems } from "./require-items.ts";
import { samplerInputs, type SamplerInputs, samplerOptions } from "./sampler-options.ts";
import { checkSamplerState, type SamplerState } from "./sampler-state.ts";

/** Options beside the inputs of all samplers. */
export interface InfiniteDataOptions {
  /** A new random order in each epoch; otherwise the order of the data set. Default true. */
  readonly shuffle?: boolean;
  /** Which part of the stream this sampler takes. Default all of it. */
  readonly replica?: Replica;
  /** Items of its own stream that it leaves out at the very start. Default 0. */
  readonly seekAhead?: number;
}

/**
 * Every replica goes through the same stream and takes every n-th item of it, so that together they see each item once in
 * an epoch. The last `length % n` items of the data set are never seen. A batch may span two epochs.
 */
export class InfiniteDataSampler implements Sampler {
  readonly #itemsPerEpoch: number; // of this replica
  readonly #batchSize: number;
  readonly #replica: Replica;
  readonly #orders: TorchOrders | undefined; // undefined: in order
  readonly #identity: Pick<SamplerState, "sampler" | "length" | "seed">;
  #position: number;
  #epoch: number;
  #draw = 0;

  /** Throws `L3M_BAD_OPTION` if there are fewer items than replicas. */
  constructor({ dataset, batchSize, seed }: SamplerInputs, options: InfiniteDataOptions = {}) {
    const { shuffle = true, replica = { rank: 0, count: 1 }, seekAhead = 0 } = options;
    requireItems("data/infinite-data-sampler", "items", dataset.length, replica.count);
    this.#itemsPerEpoch = Math.floor(dataset.length / replica.count);
    this.#batchSize = batchSize;
    this.#replica = replica;
    this.#orders = shuffle ? new TorchOrders(this.#itemsPerEpoch * replica.count, seed) : undefined;
    const sampler = `infinite-data-sampler, ${shuffle ? "shuffled" : "in order"}, ${replica.rank} of ${replica.count}`;
    this.#identity = { sampler, length: dataset.length, seed };
    this.#epoch = Math.floor(seekAhead / this.#itemsPerEpoch);
    this.#position = seekAhead % this.#itemsPerEpoch;
  }

  next(): { indices: Int32Array; draw: number } {
    const { rank, count } = this.#replica;
    const indices = new Int32Array(this.#batchSize);
    for (let i = 0; i < indices.length; i++) {
      if (this.#position === this.#itemsPerEpoch) {
        this.#position = 0;
        this.#epoch++;
      }
      const place = rank + count * this.#position++;
      indices[i] = this.#orders === undefined ? place : (this.#orders.of(this.#epoch)[place] ?? 0);
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

/** The orders of all epochs, drawn one after the other from one generator: an epoch costs the draws of those before it. */
class TorchOrders {
  readonly #size: number;
  readonly #seed: number;
  #rng: TorchMt19937;
  #epoch = -1;
  #order: Int32Array = new Int32Array();

  constructor(size: number, seed: number) {
    this.#size = size;
    this.#seed = seed;
    this.#rng = new TorchMt19937(seed);
  }

  of(epoch: number): Int32Array {
    if (epoch < this.#epoch) {
      this.#rng = new TorchMt19937(this.#seed);
      this.#epoch = -1;
    }
    for (; this.#epoch < epoch; this.#epoch++) {
      this.#order = torchRandperm(this.#size, this.#rng);
      this.#rng.below(1); // ml-l3m draws for the last item too, which has one place to go
    }
    return this.#order;
  }
}

/** The sampler `data/infinite-data-sampler`. */
export const infiniteDataSampler = defineSampler({
  name: "infinite-data-sampler",
  summary: "Endless epochs in the order of ml-l3m's sampler, shuffled as torch does it or in order.",
  aliases: ["l3m.data.samplers.InfiniteDataSampler"],
  options: z.strictObject({
    ...samplerOptions,
    ...replicaOptions,
    shuffle: z.boolean().default(true).describe("A new random order in each epoch; otherwise the data set's own."),
    seek_ahead: z.int().nonnegative().default(0).describe("Items left out at the very start."),
  }),
  build: (options) =>
    new InfiniteDataSampler(samplerInputs(options), {
      shuffle: options.shuffle,
      replica: replicaOf("data/infinite-data-sampler", options),
      seekAhead: options.seek_ahead,
    }),
});
