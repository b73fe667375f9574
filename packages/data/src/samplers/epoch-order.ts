/** The random order of each epoch: a function of the seed and the epoch, so it is never stored. */
import { permutation, sampleRng } from "../rng/sample-rng.ts";

/** The permutations of one sampler. */
export class EpochOrder {
  readonly #size: number;
  readonly #seed: number;
  readonly #name: string;
  #epoch = -1;
  #order: Int32Array = new Int32Array();

  /** `name` keeps the orders of different samplers apart. */
  constructor(size: number, seed: number, name: string) {
    this.#size = size;
    this.#seed = seed;
    this.#name = name;
  }

  /** A permutation of 0..size-1. The order of the last epoch asked for is kept. */
  of(epoch: number): Int32Array {
    if (epoch !== this.#epoch) {
      this.#order = permutation(this.#size, sampleRng(this.#seed, epoch, 0).fork(this.#name));
      this.#epoch = epoch;
    }
    return this.#order;
  }
}
