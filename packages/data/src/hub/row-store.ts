/**
 * Rows of byte strings in a folder, of which any one is read without reading the rest: per column `<n>.bin` with the bytes one
 * after the other and `<n>.ends` with where each ends (float64, little-endian); `rows.json` tells the number of rows.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { type FileHandle, open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invariant } from "@l3m/errors";
import { z } from "zod";

const headerSchema = z.strictObject({ rows: z.int().nonnegative(), bytes: z.array(z.int().nonnegative()) });

/** Reads rows. */
export class RowStore {
  readonly length: number;
  readonly #folder: string;
  readonly #ends: readonly Float64Array[];
  readonly #files: number[] = [];

  private constructor(folder: string, length: number, ends: readonly Float64Array[]) {
    this.#folder = folder;
    this.length = length;
    this.#ends = ends;
  }

  /** Opens a folder that {@link writeRows} made; undefined if it is not there or not whole. */
  static async open(folder: string): Promise<RowStore | undefined> {
    try {
      const { rows, bytes } = headerSchema.parse(JSON.parse(await readFile(join(folder, "rows.json"), "utf8")));
      const ends = await Promise.all(bytes.map((_, column) => readEnds(join(folder, `${column}.ends`))));
      const sizes = await Promise.all(bytes.map((_, column) => stat(join(folder, `${column}.bin`))));
      const whole = bytes.every((size, column) => sizes[column]?.size === size && ends[column]?.length === rows);
      return whole ? new RowStore(folder, rows, ends) : undefined;
    } catch {
      return undefined; // not there yet, or damaged: made again
    }
  }

  /** The bytes of one row in one column. */
  read(row: number, column: number): Uint8Array {
    const ends = this.#ends[column];
    invariant(ends !== undefined && row >= 0 && row < this.length, `the store has no row ${row} in column ${column}`);
    const start = row === 0 ? 0 : (ends[row - 1] ?? 0);
    const bytes = new Uint8Array((ends[row] ?? 0) - start);
    const path = join(this.#folder, `${column}.bin`);
    const file = (this.#files[column] ??= openSync(path, "r"));
    const read = readSync(file, bytes, 0, bytes.length, start);
    invariant(read === bytes.length, `${path} got shorter while it was in use`);
    return bytes;
  }

  /** Closes the files; reading opens them again. */
  close(): void {
    for (const file of this.#files.splice(0)) closeSync(file);
  }
}

/** Writes rows, some at a time, into an existing folder. */
export async function writeRows(
  folder: string,
  columns: number,
  chunks: AsyncIterable<readonly (readonly Uint8Array[])[]>,
): Promise<void> {
  const ends: number[][] = Array.from({ length: columns }, () => []);
  const files: FileHandle[] = [];
  try {
    for (let column = 0; column < columns; column++) files.push(await open(join(folder, `${column}.bin`), "w"));
    for await (const rows of chunks) {
      for (const [column, file] of files.entries()) {
        const cells = rows.map((row) => row[column] ?? new Uint8Array());
        for (const cell of cells) ends[column]?.push((ends[column].at(-1) ?? 0) + cell.length);
        await file.write(Buffer.concat(cells));
      }
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
  for (const [column, positions] of ends.entries()) await writeEnds(join(folder, `${column}.ends`), positions);
  const header = { rows: ends[0]?.length ?? 0, bytes: ends.map((positions) => positions.at(-1) ?? 0) };
  await writeFile(join(folder, "rows.json"), JSON.stringify(header));
}

async function readEnds(file: string): Promise<Float64Array> {
  const bytes = await readFile(file);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(i * 8));
}

async function writeEnds(file: string, ends: readonly number[]): Promise<void> {
  const bytes = Buffer.alloc(ends.length * 8);
  ends.forEach((end, i) => bytes.writeDoubleLE(end, i * 8));
  await writeFile(file, bytes);
}
