/** Starts the XLA engine on the CPU plugin for a test file, with tfjs's own JavaScript backend beside it for comparison. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { ensurePlugin } from "@l3m/pjrt";
import { registerGradients } from "@l3m/tfjs-kernels";
import { afterAll, beforeAll, expect } from "vitest";
import { type StartOptions, startXla, type XlaEngine } from "../src/index.ts";

/** Starts the engine before the tests of the calling file and stops it after them. */
export function withEngine(options: Omit<StartOptions, "pluginPath"> = {}): () => XlaEngine {
  let engine: XlaEngine | undefined;
  beforeAll(async () => {
    engine = startXla({ pluginPath: await ensurePlugin("cpu"), ...options });
    registerGradients();
  });
  afterAll(() => engine?.stop());
  return () => engine as XlaEngine;
}

/** Runs `fn` on a backend and returns shapes, dtypes and values of its results. */
export function valuesOn(
  backend: string,
  fn: () => tf.Tensor | readonly tf.Tensor[],
): readonly { shape: number[]; dtype: string; values: number[] }[] {
  void tf.setBackend(backend);
  try {
    const result = fn();
    return (Array.isArray(result) ? (result as tf.Tensor[]) : [result as tf.Tensor]).map((t) => ({
      shape: t.shape,
      dtype: t.dtype,
      values: Array.from(t.dataSync(), Number),
    }));
  } finally {
    void tf.setBackend("xla");
  }
}

/** Largest |a - b| / (1 + |b|); infinite when exactly one of a pair is NaN or they are unequal infinities. */
export function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce(
    (worst, x, i) => {
      const y = b[i] ?? NaN;
      if (Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y))) return worst;
      const d = Math.abs(x - y) / (1 + Math.abs(y));
      return Math.max(worst, Number.isFinite(d) ? d : Infinity);
    },
    a.length === b.length ? 0 : Infinity,
  );
}

/** Asserts that `fn` gives the same on XLA as on tfjs's JavaScript backend. `fn` makes its own tensors. */
export function expectParity(fn: () => tf.Tensor | readonly tf.Tensor[], tolerance = 1e-5): void {
  const expected = valuesOn("cpu", fn);
  const got = valuesOn("xla", fn);
  expect(got.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  got.forEach(({ values }, i) =>
    expect(
      distance(values, expected[i]?.values ?? []),
      `${values.slice(0, 8).join(", ")} instead of ${expected[i]?.values.slice(0, 8).join(", ")}`,
    ).toBeLessThanOrEqual(tolerance),
  );
}

/** Repeatable numbers in [low, high), from a linear congruential generator. */
function numbers(count: number, seed = 1, low = -2, high = 2): Float32Array {
  let state = (seed * 2654435761) % 2 ** 32;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return low + ((high - low) * state) / 2 ** 32;
  });
}

export function floats(shape: readonly number[], seed = 1, low = -2, high = 2): tf.Tensor {
  return tf.tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
      low,
      high,
    ),
    [...shape],
  );
}

export function ints(shape: readonly number[], seed = 1, low = -5, high = 6): tf.Tensor {
  return tf.tensor(
    Int32Array.from(
      numbers(
        shape.reduce((a, b) => a * b, 1),
        seed,
        low,
        high,
      ),
      Math.floor,
    ),
    [...shape],
    "int32",
  );
}

export function bools(shape: readonly number[], seed = 1): tf.Tensor {
  return tf.tensor(
    Array.from(
      numbers(
        shape.reduce((a, b) => a * b, 1),
        seed,
      ),
      (x) => x > 0,
    ),
    [...shape],
    "bool",
  );
}
