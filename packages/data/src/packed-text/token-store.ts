/**
 * The tokens of a corpus as one file in the cache: `<cache>/tokens/<key>/{tokens.bin, tokens.json}`, little-endian uint16
 * where the vocabulary allows it, else int32. Any part of it is read without reading the rest, so a corpus may be larger than memory.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { open, readFile, stat, writeFile } from "node:fs/promises";
import { endianness } from "node:os";
import { join } from "node:path";
import { invariant } from "@l3m/errors";
import { z } from "zod";

const FLUSH_AT = 2 ** 18;

const headerSchema = z.strictObject({
  dtype: z.enum(["uint16", "int32"]),
  tokens: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  documents: z.int().nonnegative(),
});

/** Facts about a corpus. */
export interface TokenCounts {
  readonly tokens: number;
  /** UTF-8 bytes of the text. */
  readonly bytes: number;
  readonly documents: number;
}

type TokenArray = Uint16Array | Int32Array;

/** Reads tokens. */
export class TokenStore {
  readonly counts: TokenCounts;
  readonly #path: string;
  readonly #wide: boolean;
  #file: number | undefined;

  private constructor(folder: string, header: z.infer<typeof headerSchema>) {
    this.counts = header;
    this.#path = join(folder, "tokens.bin");
    this.#wide = header.dtype === "int32";
  }

  /** Opens a folder that {@link writeTokens} made; undefined if it is not there or not whole. */
  static async open(folder: string): Promise<TokenStore | undefined> {
    try {
      const header = headerSchema.parse(JSON.parse(await readFile(join(folder, "tokens.json"), "utf8")));
      const { size } = await stat(join(folder, "tokens.bin"));
      return size === header.tokens * (header.dtype === "int32" ? 4 : 2) ? new TokenStore(folder, header) : undefined;
    } catch {
      return undefined; // not there yet, or damaged: made again
    }
  }

  /** Tokens `start` to `start + count`. */
  read(start: number, count: number): TokenArray {
    invariant(
      start >= 0 && start + count <= this.counts.tokens,
      `tokens ${start} to ${start + count} are not in the store`,
    );
    const tokens = this.#wide ? new Int32Array(count) : new Uint16Array(count);
    this.#file ??= openSync(this.#path, "r");
    const size = tokens.BYTES_PER_ELEMENT;
    const read = readSync(this.#file, tokens, 0, count * size, start * size);
    invariant(read === count * size, `${this.#path} got shorter while it was in use`);
    return inByteOrderOfFile(tokens);
  }

  /** Closes the file; reading opens it again. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** Writes tokens as they come. */
export class TokenWriter {
  readonly #folder: string;
  readonly #wide: boolean;
  #pending: number[] = [];
  #tokens = 0;
  #file: Awaited<ReturnType<typeof open>> | undefined;

  /** `folder` exists. Ids are below `vocabSize`. */
  constructor(folder: string, vocabSize: number) {
    this.#folder = folder;
    this.#wide = vocabSize > 2 ** 16;
  }

  async write(ids: Iterable<number>): Promise<void> {
    for (const id of ids) this.#pending.push(id);
    if (this.#pending.length >= FLUSH_AT) await this.#flush();
  }

  /** Finishes the files. */
  async end(counts: Omit<TokenCounts, "tokens">): Promise<void> {
    await this.#flush();
    await this.#file?.close();
    const header = { dtype: this.#wide ? "int32" : "uint16", tokens: this.#tokens, ...counts };
    await writeFile(join(this.#folder, "tokens.json"), JSON.stringify(header));
  }

  async #flush(): Promise<void> {
    this.#file ??= await open(join(this.#folder, "tokens.bin"), "w");
    const tokens = this.#wide ? Int32Array.from(this.#pending) : Uint16Array.from(this.#pending);
    const bytes = inByteOrderOfFile(tokens);
    await this.#file.write(new Uint8Array(bytes.buffer));
    this.#tokens += tokens.length;
    this.#pending = [];
  }
}

/** Swaps bytes on big-endian machines. */
function inByteOrderOfFile(tokens: TokenArray): TokenArray {
  if (endianness() === "LE") return tokens;
  const bytes = Buffer.from(tokens.buffer);
  if (tokens instanceof Int32Array) bytes.swap32();
  else bytes.swap16();
  return tokens;
}
