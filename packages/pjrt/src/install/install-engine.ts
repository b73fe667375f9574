/** Puts an engine into the cache: download, check, unpack, rename. Nothing half-done is ever seen under a final name. */
import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { isL3mError, L3mError } from "@l3m/errors";
import { defaultCacheDir, isOffline } from "./cache-dir.ts";
import { download, verify } from "./download.ts";
import { candidates, engineFolder, installedPlugin } from "./engine-folder.ts";
import { withFolderLock } from "./folder-lock.ts";
import { pipSettings } from "./pip-config.ts";
import type { OnProgress } from "./progress.ts";
import { locateWheel } from "./simple-index.ts";
import { unpackWheel } from "./unpack.ts";
import { type EngineName, type LockedEngine, type LockedWheel, PYTHON_PLUGINS } from "./wheel-lock.ts";

export interface InstallOptions {
  /** Default: `L3M_CACHE_DIR`, `XDG_CACHE_HOME/l3m` or `~/.cache/l3m`. */
  readonly cacheDir?: string;
  /** A simple index; default: pip's setting, else the public index. */
  readonly indexUrl?: string;
  /** Wheel files on this machine that are used instead of a download (their hashes must match the lock). */
  readonly wheels?: readonly string[];
  /** Forbids the network. Default: `L3M_OFFLINE`. */
  readonly offline?: boolean;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  /** Pauses between attempts of a download in ms. */
  readonly retryPausesMs?: readonly number[];
  /** What to install instead of what the lock lists for this machine: the entries to try, best first. */
  readonly lock?: readonly LockedEngine[];
}

export interface InstalledEngine {
  readonly engine: EngineName;
  readonly project: string;
  readonly version: string;
  /** The plugin file, for {@link loadPlugin}. */
  readonly path: string;
}

/**
 * Installs an engine, or returns at once when it is installed. A download that broke off goes on where it stopped.
 *
 * @throws L3M_DOWNLOAD, L3M_CHECKSUM, L3M_DISK_FULL; L3M_ENGINE_MISSING on a platform for which the lock has nothing
 */
export async function installEngine(engine: EngineName, options: InstallOptions = {}): Promise<InstalledEngine> {
  if (!Object.hasOwn(PYTHON_PLUGINS, engine)) {
    throw new L3mError("L3M_ENGINE_MISSING", { message: `there is no engine "${engine}" to install`, expected: Object.keys(PYTHON_PLUGINS).join(", ") });
  }
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const choices = options.lock ?? candidates(engine);
  const present = choices.find((locked) => installedPlugin(cacheDir, locked) !== undefined);
  if (present !== undefined) return installed(cacheDir, present);
  let firstError: unknown;
  for (const locked of inOrder(choices, options.wheels ?? [])) {
    try {
      await withFolderLock(engineFolder(cacheDir, locked), () => install(cacheDir, locked, options), options.signal);
      return installed(cacheDir, locked);
    } catch (error) {
      firstError ??= error;
      const indexAnswered = isL3mError(error) && error.code === "L3M_DOWNLOAD" && typeof error.details.data?.["status"] === "number";
      if (!indexAnswered) throw firstError;
    }
  }
  throw (
    firstError ??
    new L3mError("L3M_ENGINE_MISSING", {
      message: `there is no ${engine} plugin to download for ${process.platform}-${process.arch}`,
      fix: "Set L3M_PJRT_PLUGIN to a PJRT plugin for this platform, or use an engine without XLA: --engine wasm.",
    })
  );
}

/** The choices that a given wheel belongs to come first. */
function inOrder(choices: readonly LockedEngine[], files: readonly string[]): LockedEngine[] {
  const names = new Set(files.map((file) => path.basename(file)));
  const given = (locked: LockedEngine): boolean => locked.wheels.some((wheel) => names.has(wheel.filename));
  const first = choices.filter(given);
  if (files.length > 0 && first.length === 0) {
    throw new L3mError("L3M_CHECKSUM", {
      message: "the given wheel is none that the lock names",
      expected: choices.flatMap((locked) => locked.wheels.map((wheel) => wheel.filename)).join(" or "),
      got: [...names].join(", "),
    });
  }
  return [...first, ...choices.filter((locked) => !given(locked))];
}

function installed(cacheDir: string, locked: LockedEngine): InstalledEngine {
  const { engine, project, version } = locked;
  return { engine, project, version, path: path.join(engineFolder(cacheDir, locked), locked.plugin) };
}

async function install(cacheDir: string, locked: LockedEngine, options: InstallOptions): Promise<void> {
  if (installedPlugin(cacheDir, locked) !== undefined) return; // another process did it while this one waited
  const folder = engineFolder(cacheDir, locked);
  const downloads = path.join(cacheDir, "downloads");
  await removeLeftovers(folder);
  const files: string[] = [];
  for (const wheel of locked.wheels) files.push(await obtain(wheel, downloads, options));
  const unfinished = `${folder}.${process.pid}.unfinished`;
  await mkdir(unfinished, { recursive: true });
  for (const file of files) await unpackWheel(file, unfinished, options.onProgress);
  await rename(unfinished, folder);
  for (const file of files) await rm(file, { force: true });
}

/** A checked copy of the wheel in the download folder, from a given file, one of pip's wheel folders, or the index. */
async function obtain(wheel: LockedWheel, downloads: string, options: InstallOptions): Promise<string> {
  const pip = pipSettings();
  const nearby = [...(options.wheels ?? []).filter((file) => path.basename(file) === wheel.filename), ...pip.wheelFolders.map((folder) => path.join(folder, wheel.filename))];
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

/** Folders that a killed installation left; the lock says that nobody works on them now. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  for (const name of await readdir(parent)) {
    if (name.startsWith(`${path.basename(folder)}.`) && name.endsWith(".unfinished")) await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}
