/** `rng_table`: the streams of random numbers that recorded cases were drawn from. */
import { Comparison, EXACT } from "../comparison.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";
import { NumpyPcg64 } from "../rng/numpy-pcg64.ts";

type Row = Readonly<Record<string, unknown>>;

/** What a generator gives for one key of a row, drawn from a fresh stream; undefined for keys that are arguments. */
type Draw = (row: Row, key: string) => unknown;

/** By the `generator` of the case. */
const GENERATORS: Readonly<Record<string, Draw>> = { pcg64: drawPcg64 };

export const rngTable: Handler = {
  builds: () => [],
  missing: (golden) =>
    generatorOf(golden) in GENERATORS ? undefined : `the stream "${generatorOf(golden)}" comes later`,
  run(golden) {
    const comparison = new Comparison();
    for (const [i, row] of (golden.fields["table"] as readonly Row[]).entries()) {
      for (const [key, expected] of Object.entries(row)) {
        const got = GENERATORS[generatorOf(golden)]?.(row, key);
        if (got !== undefined) comparison.value(`table.${i}.${key}`, got, expected, EXACT);
      }
    }
    return comparison;
  },
};

function generatorOf(golden: GoldenCase): string {
  return String(golden.fields["generator"]);
}

function drawPcg64(row: Row, key: string): unknown {
  const rng = new NumpyPcg64(row["seed"] as number);
  const list = <T>(draw: () => T): T | T[] => (Array.isArray(row[key]) ? Array.from(row[key], draw) : draw());
  const [, law, from = 0, to = 0] = /^(integers|choice)_(\d+)_(\d+)$/.exec(key) ?? [];
  if (key === "random") return list(() => rng.float());
  if (law === "integers") return list(() => Number(from) + rng.below(Number(to) - Number(from)));
  if (law === "choice") return list(() => Number(from) + rng.below(Number(to) - Number(from) + 1));
  if (key === "mixed_random_int_random") return [rng.float(), rng.below(7), rng.float(), rng.below(1000), rng.below(3)];
  return undefined;
}
