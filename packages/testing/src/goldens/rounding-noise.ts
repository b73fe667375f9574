/**
 * Bounds of the errors that independent roundings leave in a tensor. Such errors are as large as the numbers that were added up
 * to a value, and these differ inside a tensor: the gradient of a weight is a sum of products of what its row (an output of the
 * layer) and its column (an input) have seen, and a token that stands out has errors that stand out. So the size around a value
 * is the largest of four: its own, and the root mean squares of its row, its column and the whole tensor.
 */
import type { HostArray } from "@l3m/core";

/** The largest of a million errors of a normal distribution is five times their standard deviation. */
const LARGEST = 5;

export class NoiseBounds {
  /** Largest root mean square of all errors: the noise, and what chance adds when there are few of them. */
  readonly ofAll: number;
  readonly #noise: number;
  readonly #values: HostArray["data"];
  readonly #width: number;
  readonly #all: number;
  readonly #rows: Float64Array;
  readonly #columns: Float64Array;

  /**
   * @param expected `[..., C]`: rows run along the last axis
   * @param noise standard deviation of the errors, as a share of the size of the numbers that are added
   */
  constructor(expected: HostArray, noise: number) {
    const { data, shape } = expected;
    this.#noise = noise;
    this.#values = data;
    this.#width = Math.max(1, shape.at(-1) ?? 1);
    const height = Math.max(1, data.length / this.#width);
    this.#rows = new Float64Array(height);
    this.#columns = new Float64Array(this.#width);
    for (let i = 0; i < data.length; i++) {
      const square = (data[i] as number) ** 2;
      const row = Math.floor(i / this.#width);
      this.#rows[row] = (this.#rows[row] ?? 0) + square / this.#width;
      this.#columns[i % this.#width] = (this.#columns[i % this.#width] ?? 0) + square / height;
    }
    this.#all = rootMeanSquare([expected]);
    this.ofAll = noise * this.#all * (1 + 3 / Math.sqrt(2 * Math.max(1, data.length)));
  }

  /** The largest error of value `i`. */
  at(i: number): number {
    const row = Math.sqrt(this.#rows[Math.floor(i / this.#width)] ?? 0);
    const column = Math.sqrt(this.#columns[i % this.#width] ?? 0);
    return LARGEST * this.#noise * Math.max(this.#all, row, column, Math.abs(this.#values[i] ?? 0));
  }
}

/** The size of the values of some arrays. Zeros do not count: they are rows of an embedding that no token used. */
export function rootMeanSquare(arrays: readonly HostArray[]): number {
  let sum = 0;
  let count = 0;
  for (const { data } of arrays) {
    for (const value of data) {
      sum += value * value;
      if (value !== 0) count++;
    }
  }
  return Math.sqrt(sum / Math.max(1, count));
}

/** Of two arrays of one shape; rows of zeros in both count for nothing. */
export function rootMeanSquareError(got: HostArray, expected: HostArray): number {
  const data = Float64Array.from(expected.data, (value, i) => (got.data[i] ?? NaN) - value);
  let sum = 0;
  let count = 0;
  for (const [i, error] of data.entries()) {
    sum += error * error;
    if (error !== 0 || expected.data[i] !== 0) count++;
  }
  return Math.sqrt(sum / Math.max(1, count));
}
