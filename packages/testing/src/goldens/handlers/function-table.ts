/** `function_table`: a plain function called with the values of each row. */
import { build, type Field, type HostArray, isTensor } from "@l3m/core";
import { TorchMt19937 } from "@l3m/data";
import { layerIdForVit, relativeLengths } from "@l3m/optim";
import { Comparison } from "../comparison.ts";
import { names, toleranceOf } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler, Surroundings } from "../handler.ts";

type Row = Readonly<Record<string, unknown>>;

/** Functions that need no registry. */
const FUNCTIONS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  relative_lengths: relativeLengths,
  "l3m.optim.optimizer.get_layer_id_for_vit": layerIdForVit,
};

export const functionTable: Handler = {
  functions: FUNCTIONS,
  builds: (golden) => rowsOf(golden).map((row) => functionOf(golden, row)),
  async run(golden, surroundings) {
    const comparison = new Comparison();
    const results = names(golden, "row_results");
    for (const [i, row] of rowsOf(golden).entries()) {
      const target = functionOf(golden, row);
      const given = names(golden, "row_args").map((name) => row[name]);
      const value =
        FUNCTIONS[target]?.(...(given as never[])) ??
        (await registered(surroundings, target, names(golden, "row_args"), given));
      const parts =
        results.length === 1 ? [value] : Array.isArray(value) ? value : results.map((name) => (value as Row)[name]);
      for (const [k, name] of results.entries())
        comparison.value(`table.${i}.${name}`, await plain(parts[k]), row[name], toleranceOf(golden, "table"));
    }
    return comparison;
  },
};

function rowsOf(golden: GoldenCase): readonly Row[] {
  return golden.fields["table"] as readonly Row[];
}

function functionOf(golden: GoldenCase, row: Row): string {
  return typeof row["function"] === "string" ? row["function"] : golden.target;
}

async function registered(
  { registry, compat }: Surroundings,
  target: string,
  args: readonly string[],
  given: readonly unknown[],
): Promise<unknown> {
  if (registry.get(target).definition.kind === "transform") {
    const [key = "", ...options] = args; // the first argument is what is transformed
    const node = { _target_: target, ...Object.fromEntries(options.map((name, i) => [name, given[i + 1]])) };
    const transform = build(registry, "transform", node, { compat }).product;
    return (await transform({ [key]: given[0] as Field }, new TorchMt19937(0)))[key];
  }
  return build(registry, "function", { _target_: target, _args_: given }, { compat }).product.call();
}

/** Arrays and tensors as lists of numbers. */
async function plain(value: unknown): Promise<unknown> {
  if (isTensor(value)) return [...(await value.data())];
  if (typeof value === "object" && value !== null && "data" in value && "shape" in value)
    return [...(value as HostArray).data];
  return value;
}
