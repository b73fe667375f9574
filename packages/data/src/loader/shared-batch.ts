/** Batches in shared memory: a worker writes the arrays into a buffer, the main thread looks at them without a copy. */
import type { Batch } from "@l3m/core";
import type { TensorField } from "../tensor-field.ts";

const ALIGNMENT = 64;

type ElementType = "float32" | "int32" | "uint8";

/** Where one array lies in the buffer. */
interface TensorPlace {
  readonly key: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** A batch as it travels between threads. */
export interface SharedBatch {
  readonly buffer: SharedArrayBuffer;
  readonly places: readonly TensorPlace[];
  readonly values: Batch["values"];
}

/** Copies a batch into `buffer`, or into a larger new one if it does not fit. */
export function shareBatch(batch: Batch, buffer: SharedArrayBuffer | undefined): SharedBatch {
  let end = 0;
  const places = Object.entries(batch.tensors).map(([key, { data, shape }]): TensorPlace => {
    const offset = end;
    end = Math.ceil((offset + data.byteLength) / ALIGNMENT) * ALIGNMENT;
    return { key, type: typeOf(data), shape, offset, length: data.length };
  });
  const target = buffer !== undefined && buffer.byteLength >= end ? buffer : new SharedArrayBuffer(end);
  for (const place of places) {
    const source = batch.tensors[place.key];
    if (source !== undefined) viewOf(target, place).set(source.data);
  }
  return { buffer: target, places, values: batch.values };
}

/** The batch that lies in shared memory. Its arrays are views. */
export function openBatch({ buffer, places, values }: SharedBatch): Batch {
  const tensors: Record<string, TensorField> = {};
  for (const place of places) tensors[place.key] = { data: viewOf(buffer, place), shape: place.shape };
  return { tensors, values };
}

function typeOf(data: TensorField["data"]): ElementType {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "uint8";
}

function viewOf(buffer: SharedArrayBuffer, { type, offset, length }: TensorPlace): TensorField["data"] {
  if (type === "float32") return new Float32Array(buffer, offset, length);
  return type === "int32" ? new Int32Array(buffer, offset, length) : new Uint8Array(buffer, offset, length);
}
