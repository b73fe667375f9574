/** The cache that all of L3M shares, and folders in it that appear whole or not at all. */
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isL3mError, L3mError } from "@l3m/errors";

/** `L3M_CACHE_DIR`, else `l3m` in `XDG_CACHE_HOME`, else `~/.cache/l3m`. Not created here. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return environment["L3M_CACHE_DIR"] || join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "l3m");
}

/**
 * Fills `folder` by `make`, which gets the path of an unfinished one beside it; the finished one is renamed into place.
 * If another process was faster (`exists` says so) its folder is kept: both hold the same.
 *
 * @throws L3M_DISK_FULL or L3M_CACHE when the cache cannot be written
 */
export async function makeCacheFolder(
  folder: string,
  exists: () => Promise<boolean>,
  make: (unfinished: string) => Promise<void>,
): Promise<void> {
  let unfinished: string | undefined;
  try {
    await mkdir(dirname(folder), { recursive: true });
    unfinished = await mkdtemp(`${folder}.`);
    await make(unfinished);
    await publish(unfinished, folder, exists);
  } catch (error) {
    if (isL3mError(error) || !isSystemError(error)) throw error;
    throw new L3mError(error.code === "ENOSPC" || error.code === "EDQUOT" ? "L3M_DISK_FULL" : "L3M_CACHE", {
      message: "Prepared data cannot be kept in the cache.",
      where: { file: folder },
      got: error.message,
      fix: "Free some space, or set L3M_CACHE_DIR to a folder that can be written.",
      cause: error,
    });
  } finally {
    if (unfinished !== undefined) await rm(unfinished, { recursive: true, force: true });
  }
}

/** Renames a finished folder into place, which fails when there is one: a whole one stays, a damaged one makes way. */
async function publish(finished: string, folder: string, exists: () => Promise<boolean>): Promise<void> {
  try {
    await rename(finished, folder);
  } catch {
    if (await exists()) return;
    const damaged = `${finished}.damaged`;
    await rename(folder, damaged);
    await rename(finished, folder);
    await rm(damaged, { recursive: true });
  }
}

function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error;
}
