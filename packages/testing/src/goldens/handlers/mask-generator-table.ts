/** `mask_generator_table`: generators called over and over on the stream that upstream drew from. */
import { build, type Field, type SampleRng } from "@l3m/core";
import { TorchMt19937 } from "@l3m/data";
import { Comparison } from "../comparison.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";
import { NumpyPcg64 } from "../rng/numpy-pcg64.ts";

interface Row {
  readonly target?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly seed?: number;
  readonly global_torch_seed?: number;
  /** Masks as text, or numbers. */
  readonly results?: readonly (string | number)[];
  readonly prefix_lengths?: readonly number[];
}

export const maskGeneratorTable: Handler = {
  builds: (golden) => rowsOf(golden).map(({ target }) => target ?? golden.target),
  run(golden, { registry, compat }) {
    const comparison = new Comparison();
    for (const [i, row] of rowsOf(golden).entries()) {
      const options = { ...golden.options, ...row.options, ...(row.seed === undefined ? {} : { seed: row.seed }) };
      const node = { _target_: row.target ?? golden.target, ...options, write_key: "mask" };
      const generator = build(registry, "mask-generator", node, { compat }).product;
      const rng = streamOf(row, options);
      for (const [call, expected] of (row.results ?? []).entries())
        comparison.exact(`table.${i}.results.${call}`, asRecorded(generator.generate(rng)), expected);
      for (const [call, expected] of (row.prefix_lengths ?? []).entries()) {
        const mask = asRecorded(generator.generate(rng));
        comparison.exact(`table.${i}.prefix_lengths.${call}`, String(mask).replaceAll("1", "").length, expected);
      }
    }
    return comparison;
  },
};

function rowsOf(golden: GoldenCase): readonly Row[] {
  return golden.fields["table"] as readonly Row[];
}

/** Generators of ml-l3m draw from torch's global stream, or from a numpy stream of their own. */
function streamOf(row: Row, options: Readonly<Record<string, unknown>>): SampleRng {
  if (row.global_torch_seed !== undefined) return new TorchMt19937(row.global_torch_seed);
  return new NumpyPcg64(typeof options["seed"] === "number" ? options["seed"] : 0);
}

/** A mask as text of 0 and 1; a single value as it is. */
export function asRecorded(field: Field): string | number | boolean {
  if (typeof field !== "object") return field;
  return field.shape.length === 0 ? (field.data[0] ?? NaN) : field.data.join("");
}
