/** What `l3m engine list` shows. */
import { defaultCacheDir } from "./cache-dir.ts";
import { installedPlugin } from "./engine-folder.ts";
import { type FoundPlugin, findPlugin } from "./find-plugin.ts";
import type { InstallableEngine } from "./install-engine.ts";
import { installedTfjsNode } from "./install-tfjs-node.ts";
import { TFJS_NODE } from "./tfjs-node-lock.ts";
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
  /** The path of the plugin (of `tfjs-node` the module) when it is in the cache. */
  readonly installed: string | undefined;
}

export interface EngineListing {
  readonly engine: InstallableEngine;
  /** What a run would use now; undefined when nothing is found (a run would install the first choice that runs here). */
  readonly found: FoundPlugin | undefined;
  readonly choices: readonly EngineChoice[];
}

/** All engines that can be installed, with what is. */
export function listEngines(options: { readonly cacheDir?: string } = {}): EngineListing[] {
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const engines = Object.keys(PYTHON_PLUGINS).filter((name): name is EngineName => Object.hasOwn(PYTHON_PLUGINS, name));
  return [...engines.map(pluginListing(cacheDir)), tfjsNodeListing(cacheDir)];
}

function pluginListing(cacheDir: string): (engine: EngineName) => EngineListing {
  return (engine) => ({
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
  });
}

function tfjsNodeListing(cacheDir: string): EngineListing {
  const { engine, package: project, version, arch, wheel } = TFJS_NODE;
  const installed = installedTfjsNode(cacheDir);
  return {
    engine,
    found: installed === undefined ? undefined : { path: installed, source: "cache" },
    choices: [
      {
        project,
        version,
        arch,
        bytes: wheel.bytes,
        runsHere: process.platform === "linux" && process.arch === arch,
        installed,
      },
    ],
  };
}
