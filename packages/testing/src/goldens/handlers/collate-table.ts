/** `collate_table`: samples to batches. Integers of any width are int32 here, floats float32, booleans bytes. */
import { type Batch, build, type Field, type Sample } from "@l3m/core";
import { Comparison, EXACT } from "../comparison.ts";
import type { Handler } from "../handler.ts";

/** A typed array as cases write it. */
interface Typed {
  readonly tensor: "float32" | "float64" | "int64" | "bool";
  readonly shape: readonly number[];
  readonly values: unknown;
}

interface Row {
  readonly samples: readonly Readonly<Record<string, unknown>>[];
  readonly batch?: Readonly<Record<string, Typed | readonly string[]>>;
  readonly error?: string;
}

const ARRAYS = { float32: Float32Array, float64: Float32Array, int64: Int32Array, bool: Uint8Array } as const;

export const collateTable: Handler = {
  builds: ({ target }) => [target],
  run({ target, fields }, { registry, compat }) {
    const collate = build(registry, "collate", { _target_: target }, { compat }).product;
    const comparison = new Comparison();
    for (const [i, { samples, batch = {}, error }] of (fields["table"] as readonly Row[]).entries()) {
      const call = (): Batch => collate(samples.map(sampleOf));
      if (error !== undefined) {
        comparison.fails(`table.${i}`, call);
        continue;
      }
      const { tensors, values } = call();
      comparison.exact(
        `table.${i}.keys`,
        [...Object.keys(tensors), ...Object.keys(values)].sort(),
        Object.keys(batch).sort(),
      );
      for (const [key, expected] of Object.entries(batch)) {
        const name = `table.${i}.${key}`;
        if (!isTyped(expected)) comparison.exact(name, values[key], expected);
        else {
          const { data, shape } = arrayOf(expected);
          comparison.exact(`${name}.type`, tensors[key]?.data.constructor.name, data.constructor.name);
          comparison.array(name, tensors[key], { data, shape }, EXACT);
        }
      }
    }
    return comparison;
  },
};

function sampleOf(written: Readonly<Record<string, unknown>>): Sample {
  return Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, isTyped(value) ? arrayOf(value) : (value as Field)]),
  );
}

function arrayOf({ tensor, shape, values }: Typed): Exclude<Field, string | number | boolean> {
  const flat = [values].flat(Infinity).map(Number);
  return { data: ARRAYS[tensor].from(flat), shape };
}

function isTyped(value: unknown): value is Typed {
  return typeof value === "object" && value !== null && "tensor" in value;
}
