/** Names of the pickle instructions that the reader refuses, for messages; from Python's `pickletools`. */
const NAMES: Readonly<Record<number, string>> = {
  0x2e: "STOP",
  0x32: "DUP",
  0x46: "FLOAT",
  0x49: "INT",
  0x4c: "LONG",
  0x50: "PERSID",
  0x53: "STRING",
  0x54: "BINSTRING",
  0x56: "UNICODE",
  0x67: "GET",
  0x69: "INST",
  0x6f: "OBJ",
  0x70: "PUT",
  0x42: "BINBYTES",
  0x43: "SHORT_BINBYTES",
  0x82: "EXT1",
  0x83: "EXT2",
  0x84: "EXT4",
  0x8c: "SHORT_BINUNICODE",
  0x8d: "BINUNICODE8",
  0x8e: "BINBYTES8",
  0x8f: "EMPTY_SET",
  0x90: "ADDITEMS",
  0x91: "FROZENSET",
  0x92: "NEWOBJ_EX",
  0x93: "STACK_GLOBAL",
  0x94: "MEMOIZE",
  0x95: "FRAME",
  0x96: "BYTEARRAY8",
  0x97: "NEXT_BUFFER",
  0x98: "READONLY_BUFFER",
};

/** `INST (0x69)` */
export function opcodeName(opcode: number): string {
  const code = `0x${opcode.toString(16).padStart(2, "0")}`;
  const name = NAMES[opcode];
  return name === undefined ? code : `${name} (${code})`;
}
