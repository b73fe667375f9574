/** Makes a cache folder all at once: it is built under another name and renamed when it is whole. */
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { withFolderLock } from "./folder-lock.ts";

/**
 * Calls `fill` with an empty folder that then becomes `folder`; does nothing when `folder` exists, also when another process made
 * it while this one waited. A failed attempt leaves nothing; what a killed one left is removed by the next.
 */
export async function buildFolder(
  folder: string,
  fill: (unfinished: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  await withFolderLock(
    folder,
    async () => {
      if (existsSync(folder)) return;
      await removeLeftovers(folder);
      const unfinished = `${folder}.${process.pid}.unfinished`;
      try {
        await mkdir(unfinished);
        await fill(unfinished);
        await rename(unfinished, folder);
      } finally {
        await rm(unfinished, { recursive: true, force: true });
      }
    },
    signal,
  );
}

/** The lock says that nobody works on them now. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${path.basename(folder)}.`) && name.endsWith(".unfinished"))
      await rm(path.join(parent, name), { recursive: true, force: true });
  }
}
