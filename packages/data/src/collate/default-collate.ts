/** Stacking of samples along a new batch axis. */
import { type Batch, defineCollate, type Field, type Sample } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { z } from "zod";
import { type FieldArray, isTensorField, sizeOf, type TensorField, wrongField } from "../tensor-field.ts";

/**
 * As PyTorch's `default_collate`: arrays become `[B, ...shape]` (shapes and types must match), numbers and booleans an array
 * `[B]` (whole numbers int32, others float32, booleans bytes), strings a list. The first sample decides the keys.
 * Throws `L3M_BAD_SHAPE` naming the key that does not fit.
 */
export function stackSamples(samples: readonly Sample[]): Batch {
  const [first] = samples;
  invariant(first !== undefined, "a batch needs at least one sample");
  const tensors: Record<string, TensorField> = {};
  const values: Record<string, string[]> = {};
  for (const [key, field] of Object.entries(first)) {
    if (isTensorField(field)) tensors[key] = stackField(samples, key, field);
    else if (typeof field === "string") values[key] = samples.map((sample) => plainValue(sample, key, isString));
    else if (typeof field === "number") tensors[key] = listed(numbers(samples, key));
    else tensors[key] = listed(Uint8Array.from(samples, (sample) => Number(plainValue(sample, key, isBoolean))));
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

function listed(data: FieldArray): TensorField {
  return { data, shape: [data.length] };
}

/** Int32 where every number is whole. A field that may happen to be whole is a float array of shape `[]`. */
function numbers(samples: readonly Sample[], key: string): FieldArray {
  const given = samples.map((sample) => plainValue(sample, key, isNumber));
  const whole = given.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31);
  return whole ? Int32Array.from(given) : Float32Array.from(given);
}

function plainValue<T extends Field>(sample: Sample, key: string, isOfType: (field: unknown) => field is T): T {
  const field = sample[key];
  if (isOfType(field)) return field;
  throw wrongField("Collation", key, "a value of the type that the first sample has", field);
}

function isString(field: unknown): field is string {
  return typeof field === "string";
}

function isNumber(field: unknown): field is number {
  return typeof field === "number";
}

function isBoolean(field: unknown): field is boolean {
  return typeof field === "boolean";
}

/** The collate `data/default-collate`. */
export const defaultCollate = defineCollate({
  name: "default-collate",
  summary: "Stacks arrays and numbers along a new first axis and lists texts.",
  aliases: ["torch.utils.data.default_collate", "torch.utils.data.dataloader.default_collate"],
  options: z.strictObject({}),
  build: () => (samples) => stackSamples(samples),
});
