/** The dynamic section of an ELF library: its own name, what it needs, and where its needs are looked for. Read from the bytes. */
import { closeSync, openSync, readSync } from "node:fs";

/** What the dynamic linker reads first. */
export interface DynamicSection {
  /** The name under which other libraries ask for this one; undefined when it has none. */
  readonly soname: string | undefined;
  /** Names of the libraries that must be there before it, in the order of the file. */
  readonly needed: readonly string[];
  /** Folders of DT_RPATH and DT_RUNPATH; `$ORIGIN` is the folder of the file. */
  readonly searchPath: readonly string[];
}

const ELF_MAGIC = 0x7f454c46;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const TAG = { needed: 1n, strings: 5n, stringBytes: 10n, soname: 14n, rpath: 15n, runpath: 29n } as const;

/** undefined for a file that is no 64-bit little-endian ELF file with a dynamic section. */
export function readDynamicSection(file: string): DynamicSection | undefined {
  const fd = openSync(file, "r");
  try {
    const header = read(fd, 0, 64);
    if (header.length < 64 || header.readUInt32BE(0) !== ELF_MAGIC || header[4] !== 2 || header[5] !== 1)
      return undefined;
    const segments = programHeaders(fd, header);
    const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
    if (dynamic === undefined) return undefined;
    const entries = tagValues(read(fd, dynamic.offset, dynamic.bytes));
    const address = entries.find(([tag]) => tag === TAG.strings)?.[1];
    const size = entries.find(([tag]) => tag === TAG.stringBytes)?.[1];
    const home = segments.find(
      ({ type, address: start, bytes }) =>
        type === PT_LOAD && address !== undefined && address >= start && address < start + BigInt(bytes),
    );
    if (address === undefined || size === undefined || home === undefined) return undefined;
    const table = read(fd, home.offset + Number(address - home.address), Number(size));
    const texts = (wanted: bigint): string[] =>
      entries.filter(([tag]) => tag === wanted).map(([, offset]) => textAt(table, Number(offset)));
    return {
      soname: texts(TAG.soname)[0],
      needed: texts(TAG.needed),
      searchPath: [...texts(TAG.rpath), ...texts(TAG.runpath)].flatMap((paths) => paths.split(":")),
    };
  } finally {
    closeSync(fd);
  }
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: bigint;
  readonly bytes: number;
}

function programHeaders(fd: number, header: Buffer): Segment[] {
  const offset = Number(header.readBigUInt64LE(32));
  const entryBytes = header.readUInt16LE(54);
  const count = header.readUInt16LE(56);
  const table = read(fd, offset, count * entryBytes);
  return Array.from({ length: Math.floor(table.length / Math.max(entryBytes, 56)) }, (_, index) => {
    const at = index * entryBytes;
    return {
      type: table.readUInt32LE(at),
      offset: Number(table.readBigUInt64LE(at + 8)),
      address: table.readBigUInt64LE(at + 16),
      bytes: Number(table.readBigUInt64LE(at + 32)),
    };
  });
}

function tagValues(section: Buffer): [tag: bigint, value: bigint][] {
  return Array.from({ length: Math.floor(section.length / 16) }, (_, index) => [
    section.readBigUInt64LE(index * 16),
    section.readBigUInt64LE(index * 16 + 8),
  ]);
}

function textAt(table: Buffer, offset: number): string {
  const end = table.indexOf(0, offset);
  return table.toString("utf8", offset, end < 0 ? table.length : end);
}

function read(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
}
