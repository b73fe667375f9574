/** Initial weights and a batch in one safetensors file, tensor by tensor, so that files beyond 2 GiB work. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { Tensor } from "@tensorflow/tfjs-core";

type Values = Float32Array | Int32Array | Uint8Array;

/** Tensors by name, read from the engine one at a time. */
export async function writeWeights(file: string, tensors: ReadonlyMap<string, Tensor>): Promise<void> {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, { dtype, shape, size }] of tensors) {
    const start = end;
    end += size * 4;
    header[name] = { dtype: dtype === "int32" ? "I32" : "F32", shape, data_offsets: [start, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const text = Buffer.concat([json, Buffer.alloc(-json.length & 7, " ")]); // values start at a multiple of 8
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const descriptor = openSync(file, "w");
  try {
    writeAll(descriptor, length);
    writeAll(descriptor, text);
    for (const tensor of tensors.values()) writeAll(descriptor, await tensor.data<"float32" | "int32">());
  } finally {
    closeSync(descriptor);
  }
}

/** Calls `use` with every tensor of the file in turn. */
export function readWeights(file: string, use: (name: string, data: Values, shape: number[]) => void): void {
  const descriptor = openSync(file, "r");
  try {
    const length = Number(Buffer.from(readAt(descriptor, 0, 8)).readBigUInt64LE());
    const text = Buffer.from(readAt(descriptor, 8, length)).toString("utf8");
    const header = JSON.parse(text) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    for (const [
      name,
      {
        dtype,
        shape,
        data_offsets: [start, end],
      },
    ] of Object.entries(header)) {
      const bytes = readAt(descriptor, 8 + length + start, end - start);
      use(name, dtype === "I32" ? new Int32Array(bytes) : new Float32Array(bytes), shape);
    }
  } finally {
    closeSync(descriptor);
  }
}

function readAt(descriptor: number, position: number, length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = readSync(descriptor, bytes, done, Math.min(length - done, 2 ** 30), position + done);
    if (read === 0) throw new RangeError("the weights file ends too early");
    done += read;
  }
  return bytes.buffer;
}

function writeAll(descriptor: number, values: Values): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let done = 0; done < bytes.length;)
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, 2 ** 30));
}
