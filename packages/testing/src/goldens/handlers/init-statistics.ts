/** `init_statistics`: parameters as a model draws them, by name, shape and distribution. */
import { loadConfig } from "@l3m/config";
import { build, drawFromStream, type ParamSpec, project } from "@l3m/core";
import type { Tensor } from "@l3m/core/tf";
import { Comparison } from "../comparison.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler } from "../handler.ts";
import { type Jit, type NamedFunction, Program } from "../program.ts";
import { missingConfig, upstreamFile } from "../upstream-files.ts";

interface Row {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  /** Every element has this value; the rows without it have the four statistics. */
  readonly constant?: number;
  readonly mean?: number;
  readonly std?: number;
  readonly min?: number;
  readonly max?: number;
  /** The values are no random draw. */
  readonly fixed_table?: boolean;
}

/** What a parameter or a buffer of the state dict starts with. */
type Initial = Pick<ParamSpec, "path" | "shape" | "init" | "trainable"> & Partial<Pick<ParamSpec, "project">>;

interface Statistics {
  readonly n: number;
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Elements of one parameter that are drawn at most: its elements are independent and alike, so this many show the distribution of
 * a whole vocabulary, and no model is ever in memory. One more than the million beyond which the bound on std is 1 %.
 */
const SAMPLE = 1_000_001;

export const initStatistics: Handler = {
  builds: () => [],
  missing: missingConfig,
  async run(golden, { registry, compat, jit }) {
    const { node, table } = golden.fields as { readonly node: string; readonly table: readonly Row[] };
    const { params, buffers } = build(registry, "block", modelNode(golden), { compat, where: node });
    const stored = buffers.filter(({ persistent }) => persistent);
    const state: readonly Initial[] = [...params, ...stored.map((spec) => ({ ...spec, trainable: false }))];
    const comparison = new Comparison();
    comparison.exact("names", state.map(({ path }) => path).sort(), table.map(({ name }) => name).sort());
    comparison.exact("parameters_total", elements(params), golden.fields["parameters_total"]);
    const trainable = elements(params.filter((spec) => spec.trainable));
    comparison.exact("parameters_trainable", trainable, golden.fields["parameters_trainable"]);
    const draws = new Draws(jit);
    for (const row of table) {
      const spec = state.find(({ path }) => path === row.name);
      if (spec !== undefined) compareRow(comparison, spec, row, await draws.statistics(spec));
    }
    return comparison;
  },
};

/** The node of the model in upstream's file. */
function modelNode({ fields }: GoldenCase): Readonly<Record<string, unknown>> {
  const overrides = Object.entries(fields["overrides"] as object).map(([key, value]) => `${key}=${value}`);
  const { tree } = loadConfig(upstreamFile(fields["config"] as string), { overrides });
  const path = (fields["node"] as string).split(".");
  return path.reduce((at: Record<string, unknown>, key) => at[key] as Record<string, unknown>, tree);
}

function compareRow(comparison: Comparison, spec: Initial, row: Row, got: Statistics): void {
  comparison.exact(`${row.name} shape`, spec.shape, row.shape);
  comparison.exact(`${row.name} trainable`, spec.trainable, row.trainable);
  const near = (what: string, value: number, expected: number, rtol: number, atol = 0): void =>
    comparison.number(`${row.name} ${what}`, value, expected, { rtol, atol });
  if (row.constant !== undefined) {
    near("min", got.min, row.constant, 0);
    return near("max", got.max, row.constant, 0);
  }
  const { mean = NaN, std = NaN, min = NaN, max = NaN } = row;
  if (row.fixed_table === true) {
    near("mean", got.mean, mean, 0, 1e-4);
    near("std", got.std, std, 0, 1e-4);
    near("min", got.min, min, 0, 1e-4);
    return near("max", got.max, max, 0, 1e-4);
  }
  near("std", got.std, std, got.n > 1e6 ? 0.01 : got.n < 1e4 ? 0.1 : 0.02);
  near("mean", got.mean, 0, 0, (6 * std) / Math.sqrt(got.n));
  if (max >= 1.8 * std || got.n < 1e4) return;
  near("min", got.min, -Math.sqrt(3) * std, 0.02);
  near("max", got.max, Math.sqrt(3) * std, 0.02);
}

/** Draws parameters, each from a stream of its own, with one program per initialiser and size. */
class Draws {
  readonly #jit: Jit | undefined;
  readonly #programs = new Map<string, Program>();
  #streams = 0;

  constructor(jit: Jit | undefined) {
    this.#jit = jit;
  }

  async statistics(spec: Initial): Promise<Statistics> {
    const key = { data: Int32Array.of(0, this.#streams++), shape: [2] };
    const results = await this.#program(spec).run(new Map([["key", key]]));
    return statisticsOf(results.get("values")?.data ?? []);
  }

  #program({ init, shape, project: projection }: Initial): Program {
    const size = product(shape);
    const length = init.kind === "table" ? size : Math.min(size, SAMPLE);
    const draw: NamedFunction = (given) => {
      const values = drawFromStream(init, given.get("key") as Tensor, [length]);
      return new Map([["values", project(values, projection)]]);
    };
    if (init.kind === "table") return new Program(draw, undefined); // compiled, it would be a constant
    const signature = JSON.stringify({ init, length, projection });
    const program = this.#programs.get(signature) ?? new Program(draw, this.#jit);
    this.#programs.set(signature, program);
    return program;
  }
}

function statisticsOf(values: ArrayLike<number>): Statistics {
  const n = values.length;
  let [sum, squares, min, max] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    const value = values[i] as number;
    sum += value;
    squares += value * value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const mean = sum / n;
  return { n, mean, std: Math.sqrt(Math.max(0, squares / n - mean * mean)), min, max };
}

function elements(params: readonly Initial[]): number {
  return params.reduce((total, { shape }) => total + product(shape), 0);
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
