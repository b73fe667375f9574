/** What an ELF shared library exports, read from its bytes: nothing of a file that is no plugin ever runs. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const MACHINES: Partial<Record<NodeJS.Architecture, number>> = { x64: 62, arm64: 183 };
const HEADER_BYTES = 64;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const SHARED_OBJECT = 3;
const DYNAMIC_SYMBOLS = 11;

/** Why a file cannot be loaded as a shared library that exports `symbol`, or undefined when it can. */
export function whyNotLoadable(file: string, symbol: string): string | undefined {
  const fd = openSync(file, "r");
  try {
    return inspect(fd, fstatSync(fd).size, symbol);
  } finally {
    closeSync(fd);
  }
}

function inspect(fd: number, size: number, symbol: string): string | undefined {
  const header = read(fd, 0, HEADER_BYTES);
  if (header.length < HEADER_BYTES || header.readUInt32BE(0) !== 0x7f454c46) return "it is no ELF file";
  if (header[4] !== 2 || header[5] !== 1) return "it is no 64-bit little-endian ELF file";
  if (header.readUInt16LE(16) !== SHARED_OBJECT) return "it is an ELF file but no shared library";
  const machine = header.readUInt16LE(18);
  if (machine !== MACHINES[process.arch])
    return `it is built for another processor (ELF machine ${machine}; this is ${process.arch})`;

  const tableOffset = Number(header.readBigUInt64LE(40));
  const sectionCount = header.readUInt16LE(60);
  if (tableOffset + sectionCount * SECTION_BYTES > size) return "it is truncated";
  const table = read(fd, tableOffset, sectionCount * SECTION_BYTES);
  const section = (index: number): { type: number; link: number; bytes: Buffer } | undefined => {
    if (index >= sectionCount) return undefined;
    const at = index * SECTION_BYTES;
    const [offset, length] = [Number(table.readBigUInt64LE(at + 24)), Number(table.readBigUInt64LE(at + 32))];
    return {
      type: table.readUInt32LE(at + 4),
      link: table.readUInt32LE(at + 40),
      bytes: offset + length <= size ? read(fd, offset, length) : Buffer.alloc(0),
    };
  };
  for (let index = 0; index < sectionCount; index++) {
    if (table.readUInt32LE(index * SECTION_BYTES + 4) !== DYNAMIC_SYMBOLS) continue;
    const symbols = section(index);
    const names = symbols && section(symbols.link);
    if (symbols && names && exportsSymbol(symbols.bytes, names.bytes, symbol)) return undefined;
  }
  return `it does not export ${symbol}`;
}

/** An exported symbol has a name and is defined in some section. */
function exportsSymbol(symbols: Buffer, names: Buffer, wanted: string): boolean {
  for (let at = 0; at + SYMBOL_BYTES <= symbols.length; at += SYMBOL_BYTES) {
    const name = symbols.readUInt32LE(at);
    const definedIn = symbols.readUInt16LE(at + 6);
    if (definedIn !== 0 && names.toString("latin1", name, name + wanted.length + 1) === `${wanted}\0`) return true;
  }
  return false;
}

function read(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
}
