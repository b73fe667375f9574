/** `dataset_generators`: a dataset of indices with generators, each of which drew from a numpy stream of its own. */
import { build, type Dataset, defineDataset, type OptionSchema, type SampleRng, type SlotRef } from "@l3m/core";
import { Comparison } from "../comparison.ts";
import type { Handler } from "../handler.ts";
import { NumpyPcg64 } from "../rng/numpy-pcg64.ts";
import { asRecorded } from "./mask-generator-table.ts";

const noOptions: OptionSchema = {
  "~standard": { version: 1, vendor: "l3m-goldens", validate: (value) => ({ value }) },
};

export const datasetGenerators: Handler = {
  builds: ({ target, options }) => [target, options],
  async run(golden, { registry, compat }) {
    const order = golden.fields["order"] as readonly number[];
    const results = golden.fields["results"] as readonly Readonly<Record<string, unknown>>[];
    const base = { length: Math.max(...order) + 1, get: (index: number) => ({ target: index }) };
    const node = { _target_: golden.target, ...golden.options, base_dataset: referenceTo(base) };
    const dataset = build(registry, "dataset", node, { compat }).product;
    const rng = ownStreams();
    const comparison = new Comparison();
    for (const [i, index] of order.entries()) {
      const sample = Object.entries(await dataset.get(index, rng)).map(([key, field]) => [key, asRecorded(field)]);
      comparison.value(`results.${i}`, Object.fromEntries(sample), results[i], { rtol: 0, atol: 0 });
    }
    return comparison;
  },
};

function referenceTo(base: Dataset): SlotRef<"dataset"> {
  const definition = defineDataset({
    name: "dataset-generators",
    summary: "Indices.",
    options: noOptions,
    build: () => base,
  });
  return { definition, name: "base", options: {}, node: "base", where: "base_dataset", shared: false };
}

/** Every part of the dataset gets the first stream of numpy when it first asks. */
function ownStreams(): SampleRng {
  const streams = new Map<string, SampleRng>();
  const whole = new NumpyPcg64(0);
  return {
    uint32: () => whole.uint32(),
    float: () => whole.float(),
    below: (n) => whole.below(n),
    fork(name) {
      const stream = streams.get(name) ?? new NumpyPcg64(0);
      streams.set(name, stream);
      return stream;
    },
  };
}
