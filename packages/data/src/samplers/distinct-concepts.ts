/**
 * Batches in which no concept appears twice, so that a contrastive loss never treats two pictures of the same thing as
 * different. A concept takes part with one of its items, drawn at random.
 */
import { defineSampler, type Sampler } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { z } from "zod";
import { sampleRng } from "../rng/sample-rng.ts";
import { EpochOrder } from "./epoch-order.ts";
import { requireItems } from "./require-items.ts";
import { samplerInputs, type SamplerInputs, samplerOptions } from "./sampler-options.ts";
import { checkSamplerState, type SamplerState } from "./sampler-state.ts";

/**
 * Walks a random order of the concepts batch by batch; when fewer than a batch are left, these are dropped and a new order
 * begins.
 */
export class DistinctConceptsSampler implements Sampler {
  readonly #items: readonly (readonly number[])[]; // by concept, in order of first appearance
  readonly #batchSize: number;
  readonly #order: EpochOrder;
  readonly #identity: Pick<SamplerState, "sampler" | "length" | "seed">;
  #position = 0;
  #epoch = 0;
  #draw = 0;

  /** Throws `L3M_BAD_OPTION` if the dataset tells no concepts or has fewer than a batch. */
  constructor({ dataset, batchSize, seed }: SamplerInputs) {
    this.#items = itemsByConcept(dataset.concepts);
    requireItems("data/distinct-concepts", "concepts", this.#items.length, batchSize);
    this.#batchSize = batchSize;
    this.#order = new EpochOrder(this.#items.length, seed, "distinct-concepts");
    this.#identity = { sampler: "distinct-concepts", length: dataset.length, seed };
  }

  next(): { indices: Int32Array; draw: number } {
    if (this.#position + this.#batchSize > this.#items.length) {
      this.#position = 0;
      this.#epoch++;
    }
    const concepts = this.#order.of(this.#epoch).subarray(this.#position, this.#position + this.#batchSize);
    const rng = sampleRng(this.#identity.seed, this.#draw, 0).fork("distinct-concepts/item");
    const indices = concepts.map((concept) => {
      const items = this.#items[concept] ?? [];
      return items[rng.below(items.length)] ?? 0;
    });
    this.#position += this.#batchSize;
    return { indices, draw: this.#draw++ };
  }

  state(): SamplerState {
    return { ...this.#identity, epoch: this.#epoch, position: this.#position, draw: this.#draw };
  }

  restore(state: unknown): void {
    ({ epoch: this.#epoch, position: this.#position, draw: this.#draw } = checkSamplerState(state, this.#identity));
  }
}

function itemsByConcept(concepts: Int32Array | undefined): readonly (readonly number[])[] {
  if (concepts === undefined) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "data/distinct-concepts needs a dataset that tells which concept an item shows.",
      fix: 'Give every line of captions.jsonl a "concept", or use data/shuffled.',
    });
  }
  const items = new Map<number, number[]>();
  concepts.forEach((concept, index) => {
    const known = items.get(concept);
    if (known === undefined) items.set(concept, [index]);
    else known.push(index);
  });
  return [...items.values()];
}

/** The sampler `data/distinct-concepts`. */
export const distinctConcepts = defineSampler({
  name: "distinct-concepts",
  summary: "Batches of different concepts, each shown by one random item.",
  options: z.strictObject(samplerOptions),
  build: (options) => new DistinctConceptsSampler(samplerInputs(options)),
});
