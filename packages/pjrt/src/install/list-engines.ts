/** What `l3m engine list` shows. */
import { defaultCacheDir } from "./cache-dir.ts";
import { installedPlugin } from "./engine-folder.ts";
import { type FoundPlugin, findPlugin } from "./find-plugin.ts";
import { type EngineName, PYTHON_PLUGINS, WHEEL_LOCK } from "./wheel-lock.ts";

/** One thing that can be installed. */
export interface EngineChoice {
  readonly project: string;
  readonly version: string;
  readonly arch: "x64" | "arm64";
  /** Bytes to download. */
  readonly bytes: number;
  /** True on the processor and system that it is built for. */
  readonly runsHere: boolean;
  /** The plugin's path when it is in the cache. */
  readonly installed: string | undefined;
}

export interface EngineListing {
  readonly engine: EngineName;
  /** What a run would use now; undefined when nothing is found (a run would install the first choice that runs here). */
  readonly found: FoundPlugin | undefined;
  readonly choices: readonly EngineChoice[];
}

/** All engines of the wheel lock with what is installed. */
export function listEngines(options: { readonly cacheDir?: string } = {}): EngineListing[] {
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const engines = Object.keys(PYTHON_PLUGINS).filter((name): name is EngineName => Object.hasOwn(PYTHON_PLUGINS, name));
  return engines.map((engine) => ({
    engine,
    found: findPlugin(engine, { cacheDir }),
    choices: WHEEL_LOCK.filter((locked) => locked.engine === engine).map((locked) => ({
      project: locked.project,
      version: locked.version,
      arch: locked.arch,
      bytes: locked.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0),
      runsHere: process.platform === "linux" && process.arch === locked.arch,
      installed: installedPlugin(cacheDir, locked),
    })),
  }));
}
