/** The array-valued fields of samples and batches. */
import type { Field } from "@l3m/core";
import { L3mError } from "@l3m/errors";

/** The arrays that a sample or a batch may hold. */
export type FieldArray = Float32Array | Int32Array | Uint8Array;

/** An array with its shape, row-major. */
export interface TensorField {
  readonly data: FieldArray;
  readonly shape: readonly number[];
}

/** True for fields that are arrays, as opposed to strings, numbers and booleans. */
export function isTensorField(field: Field | undefined): field is TensorField {
  return typeof field === "object";
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** How a field is named in error messages: `f32[3,32,32]`, `string`. */
function describeField(field: Field | undefined): string {
  if (field === undefined) return "nothing";
  if (!isTensorField(field)) return typeof field;
  const dtype = field.data instanceof Float32Array ? "f32" : field.data instanceof Int32Array ? "i32" : "u8";
  return `${dtype}[${field.shape.join(",")}]`;
}

/** The error of a transform or collation that got a field it cannot use. */
export function wrongField(user: string, key: string, expected: string, field: Field | undefined): L3mError {
  return new L3mError("L3M_BAD_SHAPE", {
    message: `${user} cannot use the sample's "${key}".`,
    expected,
    got: describeField(field),
    fix: "Check the order of the transforms and the keys that they name.",
  });
}
