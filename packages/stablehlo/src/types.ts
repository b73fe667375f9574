/** Element and tensor types, in StableHLO's spelling. */

/** Element types: signless integers `i*` (signed arithmetic), unsigned `ui*`, booleans `i1`, floats. */
export type ElementType =
  "i1" | "i8" | "i16" | "i32" | "i64" | "ui8" | "ui16" | "ui32" | "ui64" | "f16" | "bf16" | "f32" | "f64";

/** A ranked tensor of static shape. */
export interface TensorType {
  readonly shape: readonly number[];
  readonly element: ElementType;
}

/** The type of a scalar. */
export function scalarType(element: ElementType): TensorType {
  return { shape: [], element };
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

const BYTES: Readonly<Record<ElementType, number>> = {
  i1: 1,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  ui8: 1,
  ui16: 2,
  ui32: 4,
  ui64: 8,
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
};

/** Bytes of one element in a row-major host buffer (1 for `i1`). */
export function byteWidth(element: ElementType): number {
  return BYTES[element];
}

export function isFloat(element: ElementType): boolean {
  return element === "f32" || element === "bf16" || element === "f16" || element === "f64";
}

export function isUnsigned(element: ElementType): boolean {
  return element.startsWith("ui");
}

/** True for signed and unsigned integers, false for booleans. */
export function isInteger(element: ElementType): boolean {
  return element !== "i1" && !isFloat(element);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a === b || (a.element === b.element && sameShape(a.shape, b.shape));
}

/** `tensor<8x16xf32>`. */
export function typeText(type: TensorType): string {
  return type.shape.length === 0 ? `tensor<${type.element}>` : `tensor<${type.shape.join("x")}x${type.element}>`;
}
