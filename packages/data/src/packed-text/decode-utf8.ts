/** Bytes to text, with bytes that are no UTF-8 either replaced or named. */
import { TextDecoder } from "node:util";
import { L3mError } from "@l3m/errors";
import { z } from "zod";

/** The option `invalid_utf8`. */
export const invalidUtf8 = z
  .enum(["error", "replace"])
  .default("error")
  .describe("What happens to bytes that are no UTF-8: stop and name the place, or read U+FFFD.");

/** What to do about bytes that are no UTF-8. */
export type InvalidUtf8 = z.infer<typeof invalidUtf8>;

/** Decodes the chunks of one byte range in order. A byte order mark at its start is left out. */
export class Utf8Reader {
  readonly #decoder: TextDecoder;
  readonly #place: { readonly path: string; at: number };

  /** `start` is where in the file the first chunk lies. */
  constructor(path: string, start: number, invalid: InvalidUtf8) {
    this.#decoder = new TextDecoder("utf-8", { fatal: invalid === "error" });
    this.#place = { path, at: start };
  }

  /** The text of a chunk; the first bytes of a character whose rest comes later are kept for the next call. Throws `L3M_BAD_SAMPLE`. */
  read(chunk: Buffer): string {
    const text = this.#decode(chunk, true);
    this.#place.at += chunk.length;
    return text;
  }

  /** Call after the last chunk: throws, or gives U+FFFD, if a character is incomplete. */
  end(): string {
    return this.#decode(Buffer.alloc(0), false);
  }

  #decode(chunk: Buffer, stream: boolean): string {
    try {
      return this.#decoder.decode(chunk, { stream });
    } catch (cause) {
      const { path, at } = this.#place;
      throw new L3mError("L3M_BAD_SAMPLE", {
        message: "The text is no valid UTF-8.",
        where: { file: path },
        got: `a byte that fits nowhere near byte ${at + validPrefix(chunk)}`,
        fix: "Convert the file to UTF-8, or set invalid_utf8: replace.",
        cause,
      });
    }
  }
}

/** Length of the longest start of a chunk that is valid, up to a few bytes; a continued character at its start is passed over. */
function validPrefix(chunk: Buffer): number {
  let [low, high] = [0, chunk.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isValid(chunk.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isValid(bytes: Buffer): boolean {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start), { stream: true });
    return true;
  } catch {
    return false;
  }
}
