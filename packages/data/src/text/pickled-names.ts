/** Reads a map from integers to texts that Python has pickled. Nothing in the file is executed: any other opcode ends the reading. */

/** True for bytes that begin as pickles of protocol 2 and later do. */
export function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === PROTO;
}

const PROTO = 0x80;

/** Opcodes of https://docs.python.org/3/library/pickletools.html that such a map consists of. */
const OPCODES = new Map<number, (reader: Reader) => unknown>([
  [PROTO, (reader) => reader.unsigned(1)],
  [0x95, (reader) => reader.take(8)], // FRAME
  [0x7d, (reader) => reader.stack.push(new Map())], // EMPTY_DICT
  [0x28, () => undefined], // MARK: SETITEMS takes everything above the map
  [0x94, (reader) => reader.memo.set(reader.memo.size, reader.stack.at(-1))], // MEMOIZE
  [0x71, (reader) => reader.memo.set(reader.unsigned(1), reader.stack.at(-1))], // BINPUT
  [0x72, (reader) => reader.memo.set(reader.unsigned(4), reader.stack.at(-1))], // LONG_BINPUT
  [0x68, (reader) => reader.stack.push(reader.memo.get(reader.unsigned(1)))], // BINGET
  [0x6a, (reader) => reader.stack.push(reader.memo.get(reader.unsigned(4)))], // LONG_BINGET
  [0x4b, (reader) => reader.stack.push(reader.unsigned(1))], // BININT1
  [0x4d, (reader) => reader.stack.push(reader.unsigned(2))], // BININT2
  [0x4a, (reader) => reader.stack.push(reader.unsigned(4))], // BININT
  [0x8c, (reader) => reader.stack.push(reader.text(reader.unsigned(1)))], // SHORT_BINUNICODE
  [0x58, (reader) => reader.stack.push(reader.text(reader.unsigned(4)))], // BINUNICODE
  [0x73, (reader) => reader.setItems()], // SETITEM
  [0x75, (reader) => reader.setItems()], // SETITEMS
]);

const STOP = 0x2e;

/** The map, in the order of the file; undefined when the file holds anything else. */
export function readPickledNames(bytes: Uint8Array): ReadonlyMap<number, string> | undefined {
  const reader = new Reader(bytes);
  for (let opcode = reader.unsigned(1); opcode !== STOP; opcode = reader.unsigned(1)) {
    const run = OPCODES.get(opcode);
    if (run === undefined || reader.ended) return undefined;
    run(reader);
  }
  const [map] = reader.stack;
  if (!(map instanceof Map) || reader.stack.length !== 1) return undefined;
  const isName = ([id, name]: [unknown, unknown]): boolean => typeof id === "number" && typeof name === "string";
  return [...map].every(isName) ? (map as Map<number, string>) : undefined;
}

class Reader {
  readonly stack: unknown[] = [];
  /** Values that occur again, by number. */
  readonly memo = new Map<number, unknown>();
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at > this.#bytes.length;
  }

  take(count: number): Uint8Array {
    return this.#bytes.subarray(this.#at, (this.#at += count));
  }

  /** Little-endian; bytes after the end are missing from it. */
  unsigned(bytes: number): number {
    return this.take(bytes).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  text(bytes: number): string {
    return new TextDecoder().decode(this.take(bytes));
  }

  /** Everything above the lowest map goes into it, key after value. */
  setItems(): void {
    const [map, ...items] = this.stack.splice(0);
    if (map instanceof Map) for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
    this.stack.push(map);
  }
}
