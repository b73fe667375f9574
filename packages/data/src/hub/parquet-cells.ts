/** Texts and images of Parquet files as bytes. */
import { open } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { L3mError } from "@l3m/errors";
import { type AsyncBuffer, type Compressors, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";

/** Beside Snappy, which the reader knows itself. */
const COMPRESSORS: Compressors = {
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
};

/**
 * The cells of some columns, row group by row group: texts in UTF-8, images as their file; nothing where there is no value.
 *
 * @throws L3M_BAD_OPTION for a column that the file does not have, L3M_BAD_SAMPLE for a file that is damaged or that holds something else
 */
export async function* parquetCells(path: string, columns: readonly string[]): AsyncGenerator<Uint8Array[][]> {
  const handle = await open(path, "r");
  try {
    const file = await bufferOf(handle);
    const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
      throw damaged(path, cause);
    });
    requireColumns(
      columns,
      parquetSchema(metadata).children.map(({ element }) => element.name),
      path,
    );
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const options = {
        file,
        metadata,
        columns: [...columns],
        rowStart,
        rowEnd,
        compressors: COMPRESSORS,
        utf8: false,
      };
      const rows: Record<string, unknown>[] = await parquetReadObjects(options).catch((cause: unknown) => {
        throw damaged(path, cause);
      });
      yield rows.map((row) => columns.map((column) => bytesOf(row[column], column, path)));
      rowStart = rowEnd;
    }
  } finally {
    await handle.close();
  }
}

async function bufferOf(handle: Awaited<ReturnType<typeof open>>): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
}

/** A text, a byte string, or an image as `datasets` keeps it: `{ bytes, path }`. */
function bytesOf(cell: unknown, column: string, path: string): Uint8Array {
  if (typeof cell === "string") return Buffer.from(cell, "utf8");
  if (cell instanceof Uint8Array) return cell;
  if (cell === null || cell === undefined) return new Uint8Array();
  if (typeof cell === "object" && "bytes" in cell) return bytesOf(cell.bytes, column, path);
  throw new L3mError("L3M_BAD_OPTION", {
    message: `The column "${column}" holds neither texts nor images.`,
    where: { file: path },
    expected: "strings, or images as bytes",
    got: typeof cell,
    fix: "Name another column.",
  });
}

function requireColumns(columns: readonly string[], there: readonly string[], path: string): void {
  const missing = columns.filter((column) => !there.includes(column));
  if (missing.length === 0) return;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `The data set has no column ${missing.map((column) => `"${column}"`).join(" and ")}.`,
    where: { file: path },
    expected: `one of ${there.join(", ")}`,
    got: missing.join(", "),
    fix: "Correct the names of the columns.",
  });
}

function damaged(path: string, cause: unknown): L3mError {
  return new L3mError("L3M_BAD_SAMPLE", {
    message: "The Parquet file cannot be read.",
    where: { file: path },
    expected: "a whole Parquet file compressed by Snappy, gzip, Brotli or not at all",
    got: cause instanceof Error ? cause.message : String(cause),
    fix: "Fetch it again.",
    cause,
  });
}
