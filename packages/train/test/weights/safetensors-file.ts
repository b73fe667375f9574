/** Safetensors files made byte by byte, of any element type. */
import { writeFileSync } from "node:fs";

export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: ArrayBufferView;
}

export function writeSafetensors(file: string, tensors: Readonly<Record<string, StoredTensor>>): void {
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    header[name] = { dtype, shape, data_offsets: [end, (end += part.length)] };
    parts.push(part);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, ...parts]));
}

/** A tensor of f32 values. */
export function f32(shape: readonly number[], ...values: number[]): StoredTensor {
  return { dtype: "F32", shape, bytes: Float32Array.from(values) };
}
