/** Unpacks a wheel, which is a zip file, keeping the executable bit of its programs. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { L3mError } from "@l3m/errors";
import { openPromise } from "yauzl";
import { type OnProgress, progressMeter } from "./progress.ts";

/**
 * Unpacks the members that `wanted` names (default: all) below `folder`.
 *
 * @throws L3M_DOWNLOAD for a file that is no zip, or one with members outside of the folder
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  onProgress?: OnProgress,
  wanted: (member: string) => boolean = () => true,
): Promise<void> {
  try {
    const zip = await openPromise(wheel, { strictFileNames: true, autoClose: false });
    try {
      const entries = [];
      for await (const entry of zip.eachEntry())
        if (!entry.fileName.endsWith("/") && wanted(entry.fileName)) entries.push(entry);
      const report = progressMeter(
        "unpack",
        path.basename(wheel),
        entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0),
        onProgress,
      );
      let bytes = 0;
      for (const entry of entries) {
        const target = path.join(folder, entry.fileName);
        await mkdir(path.dirname(target), { recursive: true });
        const stream = await zip.openReadStreamPromise(entry);
        stream.on("data", (chunk: Buffer) => report((bytes += chunk.length)));
        const executable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
        await pipeline(stream, createWriteStream(target, { mode: executable ? 0o755 : 0o644 }));
      }
    } finally {
      zip.close();
    }
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOSPC" || cause.code === "EDQUOT")) {
      throw new L3mError("L3M_DISK_FULL", {
        message: `no room to unpack ${path.basename(wheel)}`,
        where: { file: folder },
        fix: "Free some space, or set L3M_CACHE_DIR to another disk; what was downloaded is kept.",
        cause,
      });
    }
    throw new L3mError("L3M_DOWNLOAD", {
      message: "the wheel cannot be unpacked",
      where: { file: wheel },
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}
