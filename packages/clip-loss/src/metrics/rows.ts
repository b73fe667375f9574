/** Rows collected over the batches of an evaluation. */
import { formatShape, type HostArray, L3mError } from "@l3m/core";

/** Embeddings float `[n, E]` of a whole data set, one chunk per batch. */
export class Rows {
  readonly #rows: Float32Array[] = [];
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  get count(): number {
    return this.#rows.length;
  }

  /** @throws L3M_BAD_SHAPE unless the batch is `[B, E]`. */
  add(batch: HostArray): void {
    const [B = 0, E = 0] = batch.shape;
    const width = this.#rows[0]?.length ?? E;
    if (batch.shape.length !== 2 || E !== width) {
      throw new L3mError("L3M_BAD_SHAPE", {
        message: `The metric compares one vector per sample under "${this.#key}".`,
        expected: `[B, ${this.count === 0 ? "E" : width}]`,
        got: formatShape(batch.shape, "f32"),
        fix: "Let the key name the pooled embeddings.",
      });
    }
    for (let b = 0; b < B; b++) this.#rows.push(Float32Array.from(batch.data.subarray(b * E, (b + 1) * E)));
  }

  row(index: number): Float32Array {
    return this.#rows[index] ?? new Float32Array();
  }
}

/** Inner product in double precision. */
export function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}

/** A vector of length 1 in the same direction; zeros stay zeros. */
export function normalised(vector: Float32Array | Float64Array): Float64Array {
  const norm = Math.max(Math.sqrt(dot(vector, vector)), 1e-12);
  return Float64Array.from(vector, (value) => value / norm);
}

/** An element that is known to exist. */
export function at(values: Float32Array | Float64Array | Int32Array, index: number): number {
  return values[index] as number;
}
