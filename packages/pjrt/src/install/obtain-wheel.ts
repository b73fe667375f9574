/** Gets one wheel of the lock onto this machine. */
import { copyFile, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { isOffline } from "./cache-dir.ts";
import { download, verify } from "./download.ts";
import type { InstallOptions } from "./install-options.ts";
import { pipSettings } from "./pip-config.ts";
import { locateWheel } from "./simple-index.ts";
import type { LockedWheel } from "./wheel-lock.ts";

/** A checked copy of the wheel in the download folder, from a given file, one of pip's wheel folders, or the index. */
export async function obtainWheel(wheel: LockedWheel, downloads: string, options: InstallOptions): Promise<string> {
  const pip = pipSettings();
  const nearby = [
    ...(options.wheels ?? []).filter((file) => path.basename(file) === wheel.filename),
    ...pip.wheelFolders.map((folder) => path.join(folder, wheel.filename)),
  ];
  for (const file of nearby) {
    if (!(await isFile(file))) continue;
    const copy = path.join(downloads, wheel.filename);
    await mkdir(downloads, { recursive: true });
    await copyFile(file, copy);
    await verify(copy, wheel, options.onProgress);
    return copy;
  }
  if (options.offline ?? isOffline()) {
    throw new L3mError("L3M_DOWNLOAD", {
      message: `${wheel.filename} is needed, and the network is forbidden (L3M_OFFLINE)`,
      fix: "Unset L3M_OFFLINE, or copy the wheel here and install that file (l3m engine install NAME --wheel FILE), or set L3M_PJRT_PLUGIN to a PJRT plugin that you have.",
    });
  }
  const indexUrl = options.indexUrl ?? pip.indexUrl;
  const { onProgress, signal, retryPausesMs } = options;
  return download(wheel, downloads, () => locateWheel(indexUrl, wheel, signal), { onProgress, signal, retryPausesMs });
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}
