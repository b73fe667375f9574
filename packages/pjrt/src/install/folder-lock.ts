/** One process at a time works on a cache folder: a file that holds its process id, taken over when that process is gone. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { L3mError } from "@l3m/errors";

const POLL_MS = 100;

/**
 * Runs `work` while `<folder>.lock` exists; waits for another process that holds it.
 *
 * @throws L3M_DOWNLOAD when the cache is not writable
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const lock = `${folder}.lock`;
  await makeWritable(path.dirname(lock));
  while (!(await take(lock))) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      throw notWritable(path.dirname(lock), error);
  }
  const owner = Number(await readFile(lock, "utf8").catch(() => ""));
  if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function makeWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw notWritable(folder, error);
  }
}

function notWritable(folder: string, cause: unknown): L3mError {
  return new L3mError("L3M_DOWNLOAD", {
    message: "the cache folder is not writable",
    where: { file: folder },
    got: cause instanceof Error ? cause.message : String(cause),
    fix: "Set L3M_CACHE_DIR to a folder that you can write to.",
    cause,
  });
}
