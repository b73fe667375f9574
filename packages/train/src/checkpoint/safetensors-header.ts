/** The header of a safetensors file (Hugging Face): 8-byte little-endian length, JSON padded to 8 bytes; raw data follows. */
import { formatType, sizeOf, type TensorType } from "./tensor-source.ts";

/** The format's own limit. */
export const MAX_HEADER_BYTES = 100_000_000;

/** A tensor of a file, with the byte of the data section where it begins. */
export interface HeaderEntry<D extends string> extends TensorType<D> {
  readonly begin: number;
}

/** Element types with the bytes of one value. */
export type Widths<D extends string> = Readonly<Record<D, number>>;

/** Length and JSON for tensors that follow each other in this order. */
export function encodeHeader<D extends string>(
  tensors: ReadonlyMap<string, TensorType<D>>,
  widths: Widths<D>,
): Buffer<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let begin = 0;
  for (const [name, type] of tensors) {
    const end = begin + sizeOf(type) * widths[type.dtype];
    header[name] = { dtype: type.dtype, shape: type.shape, data_offsets: [begin, end] };
    begin = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  bytes.writeBigUInt64LE(BigInt(bytes.length - 8));
  json.copy(bytes, 8);
  return bytes;
}

/** The tensors of a header's JSON in the order of their data, or what is wrong with it. They must fill `dataBytes` exactly. */
export function parseHeader<D extends string>(
  json: string,
  dataBytes: number,
  widths: Widths<D>,
): ReadonlyMap<string, HeaderEntry<D>> | string {
  const parsed = parse(json);
  if (parsed === undefined) return "a header that is no JSON object";
  const tensors: [string, HeaderEntry<D>][] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "__metadata__") continue;
    const entry = entryOf(value, widths);
    if (typeof entry === "string") return `"${name}" ${entry}`;
    tensors.push([name, entry]);
  }
  tensors.sort(([, a], [, b]) => a.begin - b.begin);
  let end = 0;
  for (const [name, entry] of tensors) {
    if (entry.begin !== end) return `"${name}" at byte ${entry.begin} after ${end} bytes of others`;
    end += sizeOf(entry) * widths[entry.dtype];
  }
  return end === dataBytes ? new Map(tensors) : `${dataBytes} bytes of data for tensors of ${end}`;
}

function parse(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function entryOf<D extends string>(value: unknown, widths: Widths<D>): HeaderEntry<D> | string {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (!isKnown(dtype, widths)) return `of type ${String(dtype)}`;
  if (!isCounts(shape)) return "without a shape";
  if (!isCounts(offsets) || offsets.length !== 2) return "without a place";
  const [begin = 0, end = 0] = offsets;
  const type = { dtype, shape };
  return end - begin === sizeOf(type) * widths[dtype]
    ? { ...type, begin }
    : `of ${end - begin} bytes for ${formatType(type)}`;
}

function isKnown<D extends string>(dtype: unknown, widths: Widths<D>): dtype is D {
  return typeof dtype === "string" && Object.hasOwn(widths, dtype);
}

/** Numbers of bytes beyond 2^32 are whole numbers too; beyond 2^53 nothing is. */
function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}
