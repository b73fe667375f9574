/** The safetensors format (Hugging Face): 8-byte little-endian header length, JSON header padded to 8, raw data. */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { L3mError } from "@l3m/errors";

export type StoredArray = { readonly data: Float32Array | Int32Array | Uint8Array; readonly shape: readonly number[] };

const DTYPES = { F32: Float32Array, I32: Int32Array, U8: Uint8Array, BOOL: Uint8Array } as const;
type Dtype = keyof typeof DTYPES;

/** Writes and fsyncs one file. Names keep their order. */
export function writeSafetensors(file: string, tensors: ReadonlyMap<string, StoredArray>): void {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  for (const [name, { data, shape }] of tensors) {
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = JSON.stringify(header);
  const padded = json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8 - Buffer.byteLength(json) + json.length, " ");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(padded)));
  const descriptor = openSync(file, "w");
  try {
    writeAll(descriptor, length);
    writeAll(descriptor, Buffer.from(padded));
    for (const { data } of tensors.values())
      writeAll(descriptor, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads one file whole. @throws L3M_CHECKPOINT when it is no safetensors file or is cut short. */
export function readSafetensors(file: string): Map<string, StoredArray> {
  const bytes = readFileSync(file);
  const damaged = (got: string): L3mError =>
    new L3mError("L3M_CHECKPOINT", {
      message: "The file is no whole safetensors file.",
      where: { file },
      got,
      fix: "Use another checkpoint.",
    });
  if (bytes.length < 8) throw damaged(`${bytes.length} bytes`);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  if (headerLength > bytes.length - 8) throw damaged(`a header of ${headerLength} bytes in a file of ${bytes.length}`);
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerLength)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, StoredArray>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [start, end] = entry.data_offsets;
    if (!(entry.dtype in DTYPES)) throw damaged(`"${name}" of type ${entry.dtype}`);
    if (8 + headerLength + end > bytes.length) throw damaged(`"${name}" ends beyond the file`);
    const copy = new Uint8Array(bytes.subarray(8 + headerLength + start, 8 + headerLength + end));
    tensors.set(name, { data: new DTYPES[entry.dtype as Dtype](copy.buffer), shape: entry.shape });
  }
  return tensors;
}

function dtypeOf(data: StoredArray["data"]): Dtype {
  return data instanceof Float32Array ? "F32" : data instanceof Int32Array ? "I32" : "U8";
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}
