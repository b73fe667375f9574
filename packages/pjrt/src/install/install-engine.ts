/** Puts an engine into the cache: download, check, unpack, rename. Nothing half-done is ever seen under a final name. */
import { statSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { isL3mError, L3mError } from "@l3m/errors";
import { buildFolder } from "./build-folder.ts";
import { defaultCacheDir } from "./cache-dir.ts";
import { candidates, engineFolder, installedPlugin } from "./engine-folder.ts";
import type { InstallOptions, InstallPlan } from "./install-options.ts";
import { installTfjsNode } from "./install-tfjs-node.ts";
import { obtainWheel } from "./obtain-wheel.ts";
import { TFJS_NODE } from "./tfjs-node-lock.ts";
import { unpackWheel } from "./unpack.ts";
import { type EngineName, type LockedEngine, PYTHON_PLUGINS } from "./wheel-lock.ts";

/** What `l3m engine install` takes: the PJRT plugins, and TensorFlow's own engine for tfjs. */
export type InstallableEngine = EngineName | typeof TFJS_NODE.engine;

export interface InstalledEngine {
  readonly engine: InstallableEngine;
  readonly project: string;
  readonly version: string;
  /** The plugin file, for {@link loadPlugin}; of `tfjs-node` the module to import. */
  readonly path: string;
}

/**
 * Installs an engine, or returns at once when it is installed. A download that broke off goes on where it stopped.
 *
 * @throws L3M_DOWNLOAD, L3M_CHECKSUM, L3M_DISK_FULL; L3M_ENGINE_MISSING on a platform for which the lock has nothing
 */
export async function installEngine(engine: InstallableEngine, options: InstallOptions = {}): Promise<InstalledEngine> {
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  if (engine === TFJS_NODE.engine) return installTfjsNode(cacheDir, options);
  if (!Object.hasOwn(PYTHON_PLUGINS, engine)) {
    throw new L3mError("L3M_ENGINE_MISSING", {
      message: `there is no engine "${String(engine)}" to install`,
      expected: [...Object.keys(PYTHON_PLUGINS), TFJS_NODE.engine].join(", "),
    });
  }
  const choices = options.lock ?? candidates(engine);
  const present = choices.find((locked) => installedPlugin(cacheDir, locked) !== undefined);
  if (present !== undefined) return installed(cacheDir, present);
  let firstError: unknown;
  for (const locked of inOrder(choices, options.wheels ?? [])) {
    try {
      await install(cacheDir, locked, options);
      return installed(cacheDir, locked);
    } catch (error) {
      firstError ??= error;
      const indexAnswered =
        isL3mError(error) && error.code === "L3M_DOWNLOAD" && typeof error.details.data?.["status"] === "number";
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
  const files: string[] = [];
  const downloads = path.join(cacheDir, "downloads");
  await buildFolder(
    engineFolder(cacheDir, locked),
    async (unfinished) => {
      options.onPlan?.(planOf(locked, downloads));
      for (const wheel of locked.wheels) files.push(await obtainWheel(wheel, downloads, options));
      for (const file of files) await unpackWheel(file, unfinished, options.onProgress);
    },
    options.signal,
  );
  for (const file of files) await rm(file, { force: true });
}

function planOf({ project, version, wheels }: LockedEngine, downloads: string): InstallPlan {
  const there = (file: string): number => statSync(path.join(downloads, file), { throwIfNoEntry: false })?.size ?? 0;
  return {
    project,
    version,
    wheels: wheels.length,
    bytes: wheels.reduce((sum, wheel) => sum + wheel.bytes, 0),
    bytesThere: wheels.reduce(
      (sum, { filename, bytes }) => sum + Math.min(bytes, Math.max(there(filename), there(`${filename}.part`))),
      0,
    ),
  };
}
