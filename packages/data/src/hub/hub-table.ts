/**
 * A split of a hub data set as rows on this machine: its Parquet files are downloaded one by one, and what is needed of them
 * is kept under `<cache>/hugging-face/<owner>--<name>/<key>/`. What is there once stays as it is, whatever happens on the hub.
 */
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invariant } from "@l3m/errors";
import type { PrepareProgress } from "../datasets/prepare-dataset.ts";
import { cacheDirectory, makeCacheFolder } from "../files/cache-directory.ts";
import { downloadFile } from "./download-file.ts";
import { hubEndpoint } from "./hub-client.ts";
import { listParquetFiles, parquetListing, type ParquetListing } from "./list-parquet-files.ts";
import { parquetCells } from "./parquet-cells.ts";
import { RowStore, writeRows } from "./row-store.ts";

/** Where rows come from. */
export interface HubSource {
  /** `<owner>/<name>` of the data set. */
  readonly dataset: string;
  /** Part of the data set; `default` where it has none. */
  readonly config: string;
  readonly split: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/** Rows of some columns as bytes. */
export class HubTable {
  readonly #source: HubSource;
  readonly #columns: readonly string[];
  readonly #folder: string;
  #parts: readonly RowStore[] | undefined;

  constructor(source: HubSource, columns: readonly string[], cache: string = cacheDirectory()) {
    this.#source = source;
    this.#columns = columns;
    const { dataset, config, split, revision } = source;
    const key = createHash("sha256").update(JSON.stringify([dataset, config, split, revision, columns]));
    this.#folder = join(cache, "hugging-face", dataset.replaceAll("/", "--"), key.digest("hex").slice(0, 16));
  }

  /**
   * Downloads what is missing. An interrupted download goes on with the file it was at.
   *
   * @param progress in bytes
   * @throws L3M_DOWNLOAD, L3M_DATA_NOT_FOUND, L3M_CHECKSUM, L3M_BAD_OPTION for columns, L3M_CACHE and L3M_DISK_FULL
   */
  async prepare(progress: PrepareProgress = () => undefined): Promise<void> {
    if (this.#parts !== undefined) return;
    const listing = await this.#listing();
    const total = listing.files.reduce((sum, { size }) => sum + size, 0);
    const parts: RowStore[] = [];
    let done = 0;
    for (const [i, file] of listing.files.entries()) {
      const before = done;
      parts.push(await this.#part(i, listing, (bytes) => progress(before + bytes, total)));
      done += file.size;
    }
    this.#parts = parts;
  }

  get length(): number {
    return this.#prepared().reduce((sum, { length }) => sum + length, 0);
  }

  /** The bytes of one cell: a text in UTF-8, or an image file. */
  read(row: number, column: number): Uint8Array {
    let left = row;
    for (const part of this.#prepared()) {
      if (left < part.length) return part.read(left, column);
      left -= part.length;
    }
    invariant(false, `the data set has no row ${row}`);
  }

  /** Closes the files; reading opens them again. */
  close(): void {
    for (const part of this.#parts ?? []) part.close();
  }

  #prepared(): readonly RowStore[] {
    invariant(this.#parts !== undefined, "the dataset was used before prepare()");
    return this.#parts;
  }

  /** The files of the split, as the hub listed them the first time. */
  async #listing(): Promise<ParquetListing> {
    const folder = join(this.#folder, "listing");
    const read = async (): Promise<ParquetListing | undefined> => {
      const text = await readFile(join(folder, "files.json"), "utf8").catch(() => undefined);
      return text === undefined ? undefined : parquetListing.parse(JSON.parse(text));
    };
    const kept = await read();
    if (kept !== undefined) return kept;
    const { dataset, config, split, revision } = this.#source;
    const listing = await listParquetFiles({ name: dataset, revision }, config, split);
    await makeCacheFolder(
      folder,
      async () => (await read()) !== undefined,
      (unfinished) => writeFile(join(unfinished, "files.json"), JSON.stringify(listing)),
    );
    return (await read()) ?? listing;
  }

  async #part(index: number, { commit, files }: ParquetListing, progress: (bytes: number) => void): Promise<RowStore> {
    const folder = join(this.#folder, String(index).padStart(5, "0"));
    const kept = await RowStore.open(folder);
    if (kept !== undefined) return kept;
    const file = files[index];
    invariant(file !== undefined, `the listing has no file ${index}`);
    await makeCacheFolder(
      folder,
      async () => (await RowStore.open(folder)) !== undefined,
      async (unfinished) => {
        const parquet = join(unfinished, "source.parquet");
        const path = file.path.split("/").map(encodeURIComponent).join("/");
        const url = `${hubEndpoint()}/datasets/${this.#source.dataset}/resolve/${commit}/${path}`;
        await downloadFile(url, parquet, file, progress);
        await writeRows(unfinished, this.#columns.length, parquetCells(parquet, this.#columns));
        await rm(parquet);
      },
    );
    const part = await RowStore.open(folder);
    invariant(part !== undefined, `${folder} is not what was written`);
    return part;
  }
}
