/**
 * The list of files in a zip archive (PKWARE APPNOTE 6.3), zip64 included, with every place checked against the archive before
 * it is used. PyTorch stores its files uncompressed; nothing else is accepted, so no entry can be larger than the archive.
 */
import { badWeights } from "../bad-weights.ts";
import type { BytesAt } from "../bytes-at.ts";

export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  /** CRC-32 of the contents. */
  readonly crc32: number;
  /** First byte of its local header. */
  readonly header: number;
  /** Where the next thing of the archive begins. */
  readonly end: number;
}

/** Lengths of the fixed parts of the records. */
const END = 22;
const LOCATOR = 20;
const END_64 = 56;
const CENTRAL = 46;
const LOCAL = 30;

const SIGNATURES = { end: 0x06054b50, locator: 0x07064b50, end64: 0x06064b50, central: 0x02014b50, local: 0x04034b50 };
const MAX_COMMENT = 0xffff;
const MAX_DIRECTORY_BYTES = 64 * 2 ** 20;

/** The entries by name. @throws L3M_WEIGHTS for archives that are cut, contradict themselves, are compressed or encrypted */
export async function readZipDirectory(bytes: BytesAt): Promise<ReadonlyMap<string, ZipEntry>> {
  const bad = (got: string): Error => badWeights(bytes.name, "The file is no whole zip archive.", { got });
  const { count, size, offset, position } = await findDirectory(bytes, bad);
  if (size > MAX_DIRECTORY_BYTES || offset + size > position || count * CENTRAL > size)
    throw bad(`a directory of ${count} files and ${size} bytes at ${offset}, before byte ${position}`);
  const directory = await bytes.read(offset, size);
  const entries = parseDirectory(directory, count, offset, bad);
  const seen = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (seen.has(entry.name)) throw bad(`two files called "${entry.name}"`);
    seen.set(entry.name, entry);
  }
  return seen;
}

/** Where the contents of an entry begin, once its local header agrees with the directory. @throws L3M_WEIGHTS */
export async function contentsStart(bytes: BytesAt, entry: ZipEntry): Promise<number> {
  const bad = (got: string): Error => badWeights(bytes.name, `"${entry.name}" is not where the archive says.`, { got });
  const header = viewOf(await bytes.read(entry.header, LOCAL));
  if (header.getUint32(0, true) !== SIGNATURES.local) throw bad("no local header");
  const nameLength = header.getUint16(26, true);
  const start = entry.header + LOCAL + nameLength + header.getUint16(28, true);
  if (start + entry.size > entry.end) throw bad(`${entry.size} bytes from ${start}, where others are`);
  const name = new TextDecoder().decode(await bytes.read(entry.header + LOCAL, nameLength));
  if (name !== entry.name) throw bad(`"${name}"`);
  return start;
}

interface Directory {
  /** Number of entries. */
  readonly count: number;
  /** Of the directory, in bytes. */
  readonly size: number;
  /** Of the directory, from the start of the archive. */
  readonly offset: number;
  /** Where the records that end the archive begin. */
  readonly position: number;
}

type Bad = (got: string) => Error;

async function findDirectory(bytes: BytesAt, bad: Bad): Promise<Directory> {
  if (bytes.size < END) throw bad(`${bytes.size} bytes`);
  const tailStart = Math.max(0, bytes.size - END - MAX_COMMENT);
  const tail = viewOf(await bytes.read(tailStart, bytes.size - tailStart));
  let at = tail.byteLength - END;
  const endsHere = (): boolean =>
    tail.getUint32(at, true) === SIGNATURES.end && tail.getUint16(at + 20, true) === tail.byteLength - at - END;
  while (at >= 0 && !endsHere()) at -= 1;
  if (at < 0) throw bad("no end of a directory");
  const position = tailStart + at;
  const [count, size, offset] = [
    tail.getUint16(at + 10, true),
    tail.getUint32(at + 12, true),
    tail.getUint32(at + 16, true),
  ];
  if (count !== 0xffff && size !== 0xffffffff && offset !== 0xffffffff) return { count, size, offset, position };
  if (position < LOCATOR) throw bad("no zip64 directory");
  const locator = viewOf(await bytes.read(position - LOCATOR, LOCATOR));
  if (locator.getUint32(0, true) !== SIGNATURES.locator) throw bad("no zip64 directory");
  const place = wholeNumber(locator, 8, bad);
  if (place + END_64 > position) throw bad(`a zip64 directory at ${place}`);
  const end = viewOf(await bytes.read(place, END_64));
  if (end.getUint32(0, true) !== SIGNATURES.end64) throw bad("no zip64 directory");
  return {
    count: wholeNumber(end, 32, bad),
    size: wholeNumber(end, 40, bad),
    offset: wholeNumber(end, 48, bad),
    position: place,
  };
}

function parseDirectory(directory: Uint8Array<ArrayBuffer>, count: number, offset: number, bad: Bad): ZipEntry[] {
  const view = viewOf(directory);
  const entries: Omit<ZipEntry, "end">[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL > directory.length || view.getUint32(at, true) !== SIGNATURES.central)
      throw bad(`a directory of ${i} files, not ${count}`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const extraStart = at + CENTRAL + nameLength;
    const next = extraStart + extraLength + commentLength;
    if (next > directory.length) throw bad(`a directory of ${i} files, not ${count}`);
    const name = new TextDecoder().decode(directory.subarray(at + CENTRAL, extraStart));
    if ((view.getUint16(at + 8, true) & 1) !== 0) throw bad(`"${name}", which is encrypted`);
    const method = view.getUint16(at + 10, true);
    if (method !== 0) throw bad(`"${name}", which is compressed (method ${method}); PyTorch stores files as they are`);
    const [packed, size, header] = placeOf(view, at, { start: extraStart, end: extraStart + extraLength }, bad);
    if (packed !== size) throw bad(`"${name}" of ${size} bytes in ${packed}`);
    entries.push({ name, size, crc32: view.getUint32(at + 16, true), header });
    at = next;
  }
  return withEnds(entries, offset, bad);
}

/** Stored size, size and local header of an entry: 32-bit fields, or 64-bit ones of the zip64 extra field where those are full. */
function placeOf(
  view: DataView,
  at: number,
  extra: { readonly start: number; readonly end: number },
  bad: Bad,
): [packed: number, size: number, header: number] {
  const [packed, size, header] = [20, 24, 42].map((field) => view.getUint32(at + field, true)) as [
    number,
    number,
    number,
  ];
  let wide = zip64Field(view, extra);
  const widened = (value: number): number => {
    if (value !== 0xffffffff) return value;
    if (wide === undefined || wide.start + 8 > wide.end) throw bad("a large file without its zip64 sizes");
    const result = wholeNumber(view, wide.start, bad);
    wide = { start: wide.start + 8, end: wide.end };
    return result;
  };
  const wideSize = widened(size); // the order of the extra field
  return [widened(packed), wideSize, widened(header)];
}

function zip64Field(
  view: DataView,
  { start, end }: { readonly start: number; readonly end: number },
): { start: number; end: number } | undefined {
  for (let at = start; at + 4 <= end;) {
    const next = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) return { start: at + 4, end: Math.min(next, end) };
    at = next;
  }
  return undefined;
}

/** Entries must follow each other without sharing a byte. */
function withEnds(entries: readonly Omit<ZipEntry, "end">[], directory: number, bad: Bad): ZipEntry[] {
  const ordered = entries.toSorted((a, b) => a.header - b.header);
  return ordered.map((entry, i) => {
    const end = ordered[i + 1]?.header ?? directory;
    if (entry.header + LOCAL + entry.size > end) throw bad(`"${entry.name}", which overlaps what follows it`);
    return { ...entry, end };
  });
}

function wholeNumber(view: DataView, at: number, bad: Bad): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw bad(`a place at byte ${value}`);
  return Number(value);
}

function viewOf(bytes: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
