/** Stacking of samples along a new batch axis. */
import { type Batch, defineCollate, type Sample } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { z } from "zod";
import { type FieldArray, isTensorField, sizeOf, type TensorField, wrongField } from "../tensor-field.ts";

/**
 * Arrays become `[B, ...shape]` (shapes and types must match), other values a list. The first sample decides the keys.
 * Throws `L3M_BAD_SHAPE` naming the key that does not fit.
 */
export function stackSamples(samples: readonly Sample[]): Batch {
  const [first] = samples;
  invariant(first !== undefined, "a batch needs at least one sample");
  const tensors: Record<string, TensorField> = {};
  const values: Record<string, (string | number | boolean)[]> = {};
  for (const [key, field] of Object.entries(first)) {
    if (isTensorField(field)) tensors[key] = stackField(samples, key, field);
    else values[key] = samples.map((sample) => plainValue(sample, key));
  }
  return { tensors, values };
}

function stackField(samples: readonly Sample[], key: string, first: TensorField): TensorField {
  const size = sizeOf(first.shape);
  const data = emptyLike(first.data, samples.length * size);
  samples.forEach((sample, row) => {
    const field = sample[key];
    const fits =
      isTensorField(field) &&
      field.data.constructor === first.data.constructor &&
      field.shape.join() === first.shape.join();
    if (!fits)
      throw wrongField(
        `Sample ${row} of a batch does not fit the first one: collation`,
        key,
        `the shape and type of the first sample, [${first.shape.join(",")}]`,
        field,
      );
    data.set(field.data, row * size);
  });
  return { data, shape: [samples.length, ...first.shape] };
}

function emptyLike(data: FieldArray, length: number): FieldArray {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}

function plainValue(sample: Sample, key: string): string | number | boolean {
  const field = sample[key];
  if (field === undefined || isTensorField(field))
    throw wrongField("Collation", key, "a string, number or boolean, as in the first sample", field);
  return field;
}

/** The collate `data/default-collate`. */
export const defaultCollate = defineCollate({
  name: "default-collate",
  summary: "Stacks arrays along a new first axis and lists other values.",
  options: z.strictObject({}),
  build: () => stackSamples,
});
