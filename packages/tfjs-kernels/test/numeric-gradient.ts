/** Derivatives of plain functions in double precision, and f32 tensors beside them. */
import type * as tf from "@tensorflow/tfjs-core";
import { expect } from "vitest";

/** Repeatable numbers between -1 and 1. */
export function numbers(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed));
}

/** The gradient of `f` at `x` by central differences. */
export function numericGradient(f: (x: readonly number[]) => number, x: readonly number[]): number[] {
  const h = 1e-5;
  return x.map((_, i) => {
    const at = (step: number) => f(x.map((value, j) => (i === j ? value + step : value)));
    return (at(h) - at(-h)) / (2 * h);
  });
}

/** Asserts that a tensor has these values up to `tolerance (1 + |value|)`. */
export function expectValues(got: tf.Tensor, expected: readonly number[], tolerance: number): void {
  const values = Array.from(got.dataSync());
  expect(values).toHaveLength(expected.length);
  const worst = values.reduce((most, value, i) => {
    const wanted = expected[i] ?? NaN;
    return Math.max(most, Math.abs(value - wanted) / (1 + Math.abs(wanted)));
  }, 0);
  expect(worst, `${values.slice(0, 6).join(", ")} instead of ${expected.slice(0, 6).join(", ")}`).toBeLessThan(
    tolerance,
  );
}
