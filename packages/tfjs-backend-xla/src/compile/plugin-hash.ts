/** The hash of a plugin file. Reading 200 MB takes a second, so it is remembered by path, size and modification time. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeCacheFile } from "./atomic-write.ts";

/** sha256 of the file in hexadecimal; `cacheDir` holds what was computed before. */
export function pluginHash(path: string, cacheDir: string): string {
  const { size, mtimeMs } = statSync(path);
  const stamp = `${path}\n${size}\n${mtimeMs}`;
  const note = join(cacheDir, `plugin-${createHash("sha256").update(stamp).digest("hex").slice(0, 32)}`);
  const remembered = readHash(note);
  if (remembered !== undefined) return remembered;
  const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
  writeCacheFile(note, hash);
  return hash;
}

function readHash(note: string): string | undefined {
  try {
    const text = readFileSync(note, "utf8");
    return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
