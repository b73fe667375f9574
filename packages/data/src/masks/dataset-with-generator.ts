/** A dataset whose samples get what generators draw. */
import {
  type Dataset,
  defineDataset,
  type MaskGenerator,
  type Sample,
  type SampleRng,
  slot,
  slotList,
} from "@l3m/core";
import { z } from "zod";
import { type PreparableDataset, prepareDataset, type PrepareProgress } from "../datasets/prepare-dataset.ts";

/** The samples of `base` with one more field per generator; a field of that name is replaced. */
class DatasetWithGenerator implements PreparableDataset {
  readonly #base: Dataset;
  readonly #generators: readonly MaskGenerator[];
  concepts?: Int32Array;
  readonly credits?: readonly string[];

  constructor(base: Dataset, generators: readonly MaskGenerator[]) {
    this.#base = base;
    this.#generators = generators;
    if (base.credits !== undefined) this.credits = base.credits;
  }

  async prepare(progress?: PrepareProgress): Promise<void> {
    await prepareDataset(this.#base, progress);
    if (this.#base.concepts !== undefined) this.concepts = this.#base.concepts;
  }

  get length(): number {
    return this.#base.length;
  }

  async get(index: number, rng: SampleRng): Promise<Sample> {
    const drawn = this.#generators.map(({ writes, generate }, i) => [writes, generate(rng.fork(`generator ${i}`))]);
    return { ...(await this.#base.get(index, rng)), ...(Object.fromEntries(drawn) as Sample) };
  }
}

/** The dataset `data/dataset-with-generator`. */
export const datasetWithGenerator = defineDataset({
  name: "dataset-with-generator",
  summary: "Another dataset, each sample with the masks that generators draw for it.",
  aliases: ["l3m.data.dataset_with_generator.DatasetWithGenerator"],
  positional: ["base_dataset", "generators"],
  options: z.strictObject({}),
  slots: { base_dataset: slot("dataset"), generators: slotList("mask-generator") },
  build: ({ base_dataset: base, generators }, context) =>
    new DatasetWithGenerator(
      context.child("base_dataset", base),
      generators.map((ref, i) => context.child(`generators.${i}`, ref)),
    ),
});
