/** The bytes of a pickle, read one after the other; every read is checked against the end. */
import { badWeights } from "../bad-weights.ts";

/** Python's integers have any length; larger ones than this mean nothing here. */
const MAX_LONG_BYTES = 255;

export class ByteCursor {
  /** Of the next byte. */
  position = 0;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #file: string;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  constructor(bytes: Uint8Array<ArrayBuffer>, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }
  /** Big-endian, the one number in a pickle that is. */
  f64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** A little-endian two's complement integer of `length` bytes; a number where that is exact. */
  long(length: number): number | bigint {
    if (length < 0 || length > MAX_LONG_BYTES) throw this.#bad(`an integer of ${length} bytes`);
    const start = this.#advance(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[start + i] as number);
    if (length > 0) value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** UTF-8 of `length` bytes. */
  text(length: number): string {
    const start = this.#advance(length);
    try {
      return this.#decoder.decode(this.#bytes.subarray(start, start + length));
    } catch (cause) {
      throw badWeights(this.#file, "The pickle holds text that is no UTF-8.", { got: `bytes from ${start} on`, cause });
    }
  }

  /** Text up to the end of a line. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw this.#bad("a line without an end");
    const line = this.text(end - this.position);
    this.position += 1;
    return line;
  }

  #advance(length: number): number {
    const start = this.position;
    if (start + length > this.#bytes.length) throw this.#bad(`${this.#bytes.length} bytes`);
    this.position = start + length;
    return start;
  }

  #bad(got: string): Error {
    return badWeights(this.#file, "The pickle in the file is cut or damaged.", { got });
  }
}
