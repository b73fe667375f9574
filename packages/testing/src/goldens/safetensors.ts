/** Reads safetensors files: an 8-byte header length, a JSON header, then the raw little-endian values. */
import { readFileSync } from "node:fs";
import type { HostArray } from "@l3m/core";
import { L3mError } from "@l3m/errors";

/** The types that golden cases use. */
export type StoredDtype = "F32" | "I32" | "BOOL";

/** A stored tensor. BOOL is one byte a value, 0 or 1. */
export interface HostTensor extends HostArray {
  readonly dtype: StoredDtype;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Every tensor of a file by name, row-major.
 *
 * @throws L3M_DATA_NOT_FOUND when it cannot be read, L3M_BAD_SAMPLE when it is truncated or holds another type.
 */
export function readSafetensors(file: string): Map<string, HostTensor> {
  const bytes = readBytes(file);
  if (bytes.length < 8) throw damaged(file, "a header length of 8 bytes", `${bytes.length} bytes`);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const start = 8 + headerLength;
  if (start > bytes.length) throw damaged(file, `a header of ${headerLength} bytes`, `a file of ${bytes.length} bytes`);
  const header = JSON.parse(bytes.toString("utf8", 8, start)) as Record<string, Entry>;
  const tensors = new Map<string, HostTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, to] = entry.data_offsets;
    const count = entry.shape.reduce((product, size) => product * size, 1);
    const width = entry.dtype === "BOOL" ? 1 : 4;
    if (to - from !== count * width || start + to > bytes.length)
      throw damaged(file, `${count} values of "${name}"`, `${to - from} bytes`);
    tensors.set(name, {
      shape: entry.shape,
      ...typed(file, name, entry.dtype, bytes.subarray(start + from, start + to)),
    });
  }
  return tensors;
}

function typed(file: string, name: string, dtype: string, raw: Uint8Array): Pick<HostTensor, "dtype" | "data"> {
  const copy = Uint8Array.from(raw); // aligned, and independent of the file's buffer
  switch (dtype) {
    case "F32":
      return { dtype, data: new Float32Array(copy.buffer) };
    case "I32":
      return { dtype, data: new Int32Array(copy.buffer) };
    case "BOOL":
      return { dtype, data: copy };
    default:
      throw damaged(file, "F32, I32 or BOOL", `${dtype} for "${name}"`);
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new L3mError("L3M_DATA_NOT_FOUND", {
      message: "A tensor file cannot be read.",
      where: { file },
      cause,
      fix: "Check the path.",
    });
  }
}

function damaged(file: string, expected: string, got: string): L3mError {
  return new L3mError("L3M_BAD_SAMPLE", {
    message: "The file is no complete safetensors file of the types that golden cases use.",
    where: { file },
    expected,
    got,
    fix: "Copy the case again.",
  });
}
