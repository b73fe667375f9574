/** `sampler_table`: the first items of a sampler's stream; of a finite one all of them. */
import { build, type Sampler } from "@l3m/core";
import { Comparison } from "../comparison.ts";
import type { Handler } from "../handler.ts";

interface Row {
  readonly size: number;
  readonly seed?: number;
  /** Seeds the global generator of torch. */
  readonly global_seed?: number;
  readonly indices: readonly number[];
  /** The others are options. */
  readonly [option: string]: unknown;
}

export const samplerTable: Handler = {
  builds: ({ target }) => [target],
  run(golden, { registry, compat }) {
    const comparison = new Comparison();
    for (const [i, row] of (golden.fields["table"] as readonly Row[]).entries()) {
      const { size, seed, global_seed: globalSeed, indices, ...options } = row;
      const dataset = { length: size, get: () => ({}) };
      const parent = { dataset, batch_size: 1, seed: seed ?? globalSeed ?? 0 };
      const node = { _target_: golden.target, ...golden.options, ...options };
      const sampler = build(registry, "sampler", node, { compat, parent }).product;
      const isEndless = golden.target.endsWith(".InfiniteDataSampler");
      const got = itemsOf(sampler, isEndless ? indices.length : indices.length + 1);
      comparison.exact(`table.${i}.indices`, got, indices);
    }
    return comparison;
  },
};

/** As many items as are asked for, or as there are. */
function itemsOf(sampler: Sampler, most: number): number[] {
  const items: number[] = [];
  while (items.length < most) {
    const batch = sampler.next();
    if (batch === undefined) break;
    items.push(...batch.indices);
  }
  return items;
}
