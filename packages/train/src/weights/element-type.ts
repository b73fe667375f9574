/** Element types of weights in files, by their safetensors names, and how their bytes become values on the host. Little-endian. */
import type { Dtype, TensorData } from "../checkpoint/tensor-source.ts";
import { bf16ToF32, f16ToF32 } from "./half-floats.ts";

export interface ElementType {
  /** Bytes of one value. */
  readonly bytes: number;
  /** What the values are on the host: floats become f32, whole numbers i32, truth values u8. */
  readonly host: Dtype;
  /** Values of whole elements. */
  decode(bytes: Uint8Array<ArrayBuffer>): TensorData;
}

export const ELEMENT_TYPES = {
  F64: { bytes: 8, host: "F32", decode: (bytes) => Float32Array.from(new Float64Array(...span(bytes, 8))) },
  F32: { bytes: 4, host: "F32", decode: (bytes) => new Float32Array(...span(bytes, 4)) },
  F16: { bytes: 2, host: "F32", decode: (bytes) => f16ToF32(new Uint16Array(...span(bytes, 2))) },
  BF16: { bytes: 2, host: "F32", decode: (bytes) => bf16ToF32(new Uint16Array(...span(bytes, 2))) },
  I64: { bytes: 8, host: "I32", decode: (bytes) => wholeNumbers(new BigInt64Array(...span(bytes, 8))) },
  I32: { bytes: 4, host: "I32", decode: (bytes) => new Int32Array(...span(bytes, 4)) },
  I16: { bytes: 2, host: "I32", decode: (bytes) => Int32Array.from(new Int16Array(...span(bytes, 2))) },
  I8: { bytes: 1, host: "I32", decode: (bytes) => Int32Array.from(new Int8Array(...span(bytes, 1))) },
  U8: { bytes: 1, host: "U8", decode: (bytes) => bytes },
  BOOL: { bytes: 1, host: "U8", decode: (bytes) => bytes },
} as const satisfies Readonly<Record<string, ElementType>>;

export type ElementTypeName = keyof typeof ELEMENT_TYPES;

/** Bytes of one value, by name. */
export const ELEMENT_BYTES = Object.fromEntries(
  Object.entries(ELEMENT_TYPES).map(([name, { bytes }]) => [name, bytes]),
) as Readonly<Record<ElementTypeName, number>>;

/** Buffer, first byte and number of elements of `width` bytes; copied where arrays could not look at them in place. */
function span(bytes: Uint8Array<ArrayBuffer>, width: number): [ArrayBuffer, number, number] {
  const count = bytes.length / width;
  return bytes.byteOffset % width === 0 ? [bytes.buffer, bytes.byteOffset, count] : [bytes.slice().buffer, 0, count];
}

/** Values beyond 32 bits become the nearest that fits; models have none. */
function wholeNumbers(values: BigInt64Array): Int32Array {
  return Int32Array.from(values, (value) => Math.min(Math.max(Number(value), -(2 ** 31)), 2 ** 31 - 1));
}
