/** Which PJRT plugin to use: what the user names, what L3M downloaded, what a Python environment has. */
import { existsSync } from "node:fs";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { defaultCacheDir } from "./cache-dir.ts";
import { candidates, installedPlugin } from "./engine-folder.ts";
import { installEngine } from "./install-engine.ts";
import type { InstallOptions } from "./install-options.ts";
import { sitePackages } from "./site-packages.ts";
import { type EngineName, PYTHON_PLUGINS } from "./wheel-lock.ts";

export interface FindOptions {
  /** Default: `L3M_CACHE_DIR`, `XDG_CACHE_HOME/l3m` or `~/.cache/l3m`. */
  readonly cacheDir?: string;
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface FoundPlugin {
  readonly path: string;
  readonly source: "L3M_PJRT_PLUGIN" | "cache" | "python";
}

/**
 * The plugin for an engine, or undefined when there is none. Looks, in this order, at `L3M_PJRT_PLUGIN`, the cache, and the
 * packages of a Python environment (`VIRTUAL_ENV`, `CONDA_PREFIX`, then `python3`). Nothing is loaded or downloaded.
 *
 * `L3M_PJRT_PLUGIN` stands for the engine that its path speaks of: `cuda12` or `cuda13`, either for `cuda` or `gpu`, else `cpu`.
 *
 * @throws L3M_PJRT_PLUGIN when `L3M_PJRT_PLUGIN` names a file that does not exist
 */
export function findPlugin(engine: EngineName, options: FindOptions = {}): FoundPlugin | undefined {
  const env = options.env ?? process.env;
  const named = env["L3M_PJRT_PLUGIN"];
  if (named !== undefined && named !== "" && enginesOf(named).includes(engine)) {
    if (existsSync(named)) return { path: named, source: "L3M_PJRT_PLUGIN" };
    throw new L3mError("L3M_PJRT_PLUGIN", {
      message: "L3M_PJRT_PLUGIN names a file that does not exist",
      where: { file: named },
      fix: "Correct or unset L3M_PJRT_PLUGIN.",
    });
  }
  const cacheDir = options.cacheDir ?? defaultCacheDir(env);
  for (const locked of candidates(engine)) {
    const plugin = installedPlugin(cacheDir, locked);
    if (plugin !== undefined) return { path: plugin, source: "cache" };
  }
  for (const folder of sitePackages(env)) {
    const member = PYTHON_PLUGINS[engine].find((file) => existsSync(path.join(folder, file)));
    if (member !== undefined) return { path: path.join(folder, member), source: "python" };
  }
  return undefined;
}

/** {@link findPlugin}, and {@link installEngine} when there is none: what a run does on first use. Resolves to the plugin's path. */
export async function ensurePlugin(engine: EngineName, options: InstallOptions = {}): Promise<string> {
  const found = findPlugin(engine, options.cacheDir === undefined ? {} : { cacheDir: options.cacheDir });
  return found?.path ?? (await installEngine(engine, options)).path;
}

function enginesOf(plugin: string): readonly EngineName[] {
  if (/cuda_?12/i.test(plugin)) return ["cuda12"];
  if (/cuda_?13/i.test(plugin)) return ["cuda13"];
  return /cuda|gpu/i.test(path.basename(plugin)) ? ["cuda12", "cuda13"] : ["cpu"];
}
