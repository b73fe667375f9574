/** Starts XLA and makes it the tfjs backend. */
import { join } from "node:path";
import { checkFlagNames, type ClientOptions, loadPlugin } from "@l3m/pjrt";
import { type Mesh } from "@l3m/stablehlo";
import { L3mError } from "@l3m/errors";
import { findBackend, registerBackend, setBackend } from "@tensorflow/tfjs-core";
import { Devices } from "./backend/devices.ts";
import { BACKEND_NAME, type LoweringPlatform, XlaBackend } from "./backend/xla-backend.ts";
import { Compiler } from "./compile/compiler.ts";
import { DiskCache } from "./compile/disk-cache.ts";
import { autotuneFlags, type CompileFlags, platformFlags, requireModuleFlags } from "./compile/platform-flags.ts";
import { pluginHash } from "./compile/plugin-hash.ts";
import { XlaEngine } from "./engine.ts";
import { registerKernels } from "./register-all.ts";

export interface StartOptions {
  /** A PJRT plugin, for example what `findPlugin("cpu")` of @l3m/pjrt gives. */
  readonly pluginPath: string;
  /** Options of the PJRT client; for a mesh on the CPU give `cpu_device_count`. */
  readonly clientOptions?: ClientOptions;
  /** Folder for compiled programs; none are kept without it. */
  readonly cacheDir?: string;
  /** Devices to spread compiled functions over; a single device by default. */
  readonly mesh?: Mesh;
  /** XLA flags of every compilation, over those of the platform (PLATFORM_FLAGS). */
  readonly compileFlags?: CompileFlags;
  /** The same bits in every run on the same machine, where the platform can choose. Default false. */
  readonly deterministic?: boolean;
  /** What kernels are lowered for; default the plugin's platform. For looking at another platform's programs with `lower`. */
  readonly lowerFor?: LoweringPlatform;
}

/**
 * Registers the tfjs backend "xla" and selects it.
 *
 * @throws L3M_PJRT_PLUGIN if the file is no usable plugin, L3M_PJRT if the client does not start, L3M_BAD_OPTION if the
 *   mesh has more devices than the client or a flag is unknown to this XLA
 */
export function startXla(options: StartOptions): XlaEngine {
  const { pluginPath, clientOptions = {}, cacheDir, compileFlags = {} } = options;
  if (findBackend(BACKEND_NAME) !== null) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "an XLA engine is already running in this process",
      fix: "Call stop() on it first.",
    });
  }
  requireModuleFlags(compileFlags);
  checkFlagNames(Object.keys(compileFlags), pluginPath);
  const client = loadPlugin(pluginPath).createClient(clientOptions);
  const size = options.mesh?.axes.reduce((product, axis) => product * axis.size, 1) ?? 1;
  if (size > client.devices.length) {
    const got = `${client.devices.length} devices`;
    client.destroy();
    throw new L3mError("L3M_BAD_OPTION", {
      message: "the mesh has more devices than the client",
      expected: `${size} devices`,
      got,
      fix: "Make the mesh smaller; on the CPU raise cpu_device_count.",
    });
  }
  const devices = new Devices(client, size === 1 ? undefined : options.mesh);
  const disk = cacheDir === undefined ? undefined : new DiskCache(cacheDir, client, clientOptions);
  const flags = {
    ...platformFlags(client.platformName, options.deterministic ?? false),
    ...(cacheDir === undefined ? {} : autotuneFlags(client.platformName, autotuneFolder(cacheDir, pluginPath))),
    ...compileFlags,
  };
  const compiler = new Compiler(client, flags, disk);
  const backend = new XlaBackend(
    devices,
    compiler,
    options.lowerFor ?? (client.platformName === "cuda" ? "cuda" : "cpu"),
  );
  registerKernels();
  registerBackend(BACKEND_NAME, () => backend);
  void setBackend(BACKEND_NAME); // resolves at once: the backend exists
  return new XlaEngine(client, backend, compiler);
}

function autotuneFolder(cacheDir: string, pluginPath: string): string {
  return join(cacheDir, "autotune", pluginHash(pluginPath, cacheDir).slice(0, 16));
}
