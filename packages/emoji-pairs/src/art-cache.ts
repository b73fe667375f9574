/**
 * The rasterised art, made once and kept in the cache: `<cache>/emoji-pairs/<key>/{art.json,pixels.bin}`. The key covers
 * the image size and the versions of every package that decides the pixels. A folder appears whole or not at all.
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cacheDirectory } from "@l3m/data";
import { L3mError } from "@l3m/errors";
import sharp from "sharp";
import { Art, type DrawingKey } from "./art.ts";
import { type Concept, isJoinedSequence, loadConcepts } from "./concepts.ts";
import { findDrawings } from "./icon-names.ts";
import { type Progress, rasterise } from "./rasterise.ts";
import { STYLES } from "./styles.ts";

const FORMAT = 1;

const require = createRequire(import.meta.url);

/** Where art of this size is kept. */
export function artFolder(size: number, cache: string = cacheDirectory()): string {
  const packages = [...STYLES.map(({ name }) => `@iconify-json/${name}`), "unicode-emoji-json", "emojilib"];
  const versions = packages.map(
    (name) => `${name}@${(require(`${name}/package.json`) as { version: string }).version}`,
  );
  const key = createHash("sha256")
    .update(JSON.stringify({ FORMAT, size, versions, renderer: sharp.versions }))
    .digest("hex")
    .slice(0, 16);
  return join(cache, "emoji-pairs", key);
}

/**
 * The art at `size` pixels, from the cache or rasterised now (10 to 20 s of one core; `progress` is called meanwhile).
 * Throws `L3M_CACHE` if the cache folder cannot be written.
 */
export async function loadArt(
  size: number,
  progress: Progress = () => undefined,
  cache: string = cacheDirectory(),
): Promise<Art> {
  const folder = artFolder(size, cache);
  return (await readArt(folder)) ?? (await makeArt(folder, size, progress));
}

interface ArtFile {
  readonly size: number;
  readonly concepts: readonly Concept[];
  readonly drawings: readonly DrawingKey[];
}

async function readArt(folder: string): Promise<Art | undefined> {
  try {
    const { size, concepts, drawings } = JSON.parse(await readFile(join(folder, "art.json"), "utf8")) as ArtFile;
    const pixels = await readFile(join(folder, "pixels.bin"));
    return pixels.length === drawings.length * size * size * 3 ? new Art(size, concepts, drawings, pixels) : undefined;
  } catch {
    return undefined; // not there yet, or damaged: made again
  }
}

async function makeArt(folder: string, size: number, progress: Progress): Promise<Art> {
  const unfinished = await inCache(folder, async () => {
    await mkdir(dirname(folder), { recursive: true });
    return mkdtemp(`${folder}.`);
  });
  const concepts = loadConcepts();
  const drawings = findDrawings(concepts).filter(({ concept }) => {
    const shown = concepts[concept];
    return shown !== undefined && !isJoinedSequence(shown);
  });
  const keys = drawings.map(({ concept, style }) => ({ concept, style }));
  const pixels = await rasterise(drawings, size, progress);
  const file: ArtFile = { size, concepts, drawings: keys };
  await inCache(folder, async () => {
    await writeFile(join(unfinished, "pixels.bin"), pixels);
    await writeFile(join(unfinished, "art.json"), JSON.stringify(file));
    await publish(unfinished, folder);
  });
  return new Art(size, concepts, keys, pixels);
}

/** Does something with files in the cache; says what to do if the cache does not allow it. */
async function inCache<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const full = cause instanceof Error && "code" in cause && cause.code === "ENOSPC";
    throw new L3mError(full ? "L3M_DISK_FULL" : "L3M_CACHE", {
      message: "The rasterised emoji cannot be kept in the cache.",
      where: { file: folder },
      got: cause instanceof Error ? cause.message : String(cause),
      fix: "Set L3M_CACHE_DIR to a folder that can be written and has 50 MB free.",
      cause,
    });
  }
}

/** Renames a finished folder into place. Another process may have been faster (its content is the same) or left a damaged one. */
async function publish(unfinished: string, folder: string): Promise<void> {
  try {
    await rename(unfinished, folder);
  } catch {
    if ((await readArt(folder)) === undefined) {
      await rm(folder, { recursive: true, force: true });
      await rename(unfinished, folder);
    } else {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
}
