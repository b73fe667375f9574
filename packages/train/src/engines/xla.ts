/** The XLA engines: whole training steps compiled by a PJRT plugin. */
import { cpus } from "node:os";
import path from "node:path";
import { deviceCount } from "@l3m/fsdp-mesh";
import { L3mError } from "@l3m/errors";
import {
  checkGpu,
  defaultCacheDir,
  ensurePlugin,
  findPlugin,
  isOffline,
  type ClientOptions,
  type DeviceMemoryStats,
} from "@l3m/pjrt";
import type { ShardingTree, XlaEngine } from "@l3m/tfjs-backend-xla";
import { gpuMemory } from "./gpu-memory.ts";
import { explainOutOfMemory } from "./out-of-memory.ts";
import type {
  Availability,
  DeviceMemory,
  Engine,
  EngineAdapter,
  EngineOptions,
  Jitted,
  JitOptions,
  PlacementTree,
  Stepper,
  Tree,
} from "./engine.ts";

export const xlaCpu = adapter("xla-cpu", "cpu");
export const xlaCuda12 = adapter("xla-cuda12", "cuda12");
export const xlaCuda13 = adapter("xla-cuda13", "cuda13");

type Platform = "cpu" | "cuda12" | "cuda13";

function adapter(name: "xla-cpu" | "xla-cuda12" | "xla-cuda13", platform: Platform): EngineAdapter {
  return {
    name,
    available: async (options) => availability(platform, options),
    async start(options) {
      const state = availability(platform, options);
      if (!state.ok) {
        throw new L3mError("L3M_ENGINE_MISSING", {
          message: `The engine ${name} is not available.`,
          where: { path: "experiment.engine" },
          expected: "a PJRT plugin of XLA for this machine",
          got: state.reason,
          fix: cures(platform),
        });
      }
      return startOn(name, platform, options);
    },
  };
}

function availability(platform: Platform, options: EngineOptions): Availability {
  if (platform !== "cpu") {
    // where the driver's library is, the linker knows best
    const obstacle = checkGpu(platform === "cuda12" ? 12 : 13).find(({ ok, name }) => !ok && name !== "libcuda");
    if (obstacle !== undefined) return { ok: false, reason: `${obstacle.name}: ${obstacle.why}` };
  }
  const found = findPlugin(platform, options.cacheDir === undefined ? {} : { cacheDir: options.cacheDir });
  if (found !== undefined)
    return {
      ok: true,
      reason: `plugin ${path.basename(found.path)} from ${found.source === "cache" ? "the l3m cache" : found.source}`,
    };
  if (platform !== "cpu") return { ok: false, reason: `no PJRT plugin for ${platform}` };
  if (isOffline()) return { ok: false, reason: "no PJRT plugin in the cache, and L3M_OFFLINE forbids downloading one" };
  return { ok: true, reason: "its plugin will be downloaded (63 MB)" };
}

function cures(platform: Platform): string {
  return [
    `Run "npx l3m engine install ${platform}" with a network (or a mirror: PIP_INDEX_URL),`,
    "or set L3M_PJRT_PLUGIN to the path of a PJRT plugin,",
    "or choose an engine without XLA: --engine wasm (configs/quickstart/clip-wasm.yaml is sized for it).",
  ].join("\n            ");
}

async function startOn(name: Engine["name"], platform: Platform, options: EngineOptions): Promise<Engine> {
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const pluginPath = await ensurePlugin(platform, {
    cacheDir,
    onProgress: (progress) => options.onProgress?.(formatProgress(progress)),
  });
  const devices = options.mesh === undefined ? 1 : deviceCount(options.mesh);
  const { startXla } = await import("@l3m/tfjs-backend-xla");
  const xla = startXla({
    pluginPath,
    clientOptions: clientOptions(platform, devices, options),
    cacheDir: path.join(cacheDir, "executables"),
    deterministic: options.deterministic ?? false,
    ...(options.xlaFlags === undefined ? {} : { compileFlags: options.xlaFlags }),
    ...(options.mesh === undefined ? {} : { mesh: { name: MESH, axes: options.mesh.axes } }),
  });
  return {
    name,
    description: `${name}, ${devices} device${devices === 1 ? "" : "s"}`,
    devices,
    compiles: true,
    jit: (fn, jitOptions) => xlaJit(xla, fn, jitOptions),
    tensorOver: (data, shape) => xla.tensorOver(data, shape),
    memory: () => deviceMemory(xla),
    deviceKind: xla.client.devices[0]?.kind,
    tracer: xla,
    stop: () => xla.stop(),
  };
}

function xlaJit<A extends readonly Tree[], R extends Tree>(
  xla: XlaEngine,
  fn: (...args: A) => R,
  options: JitOptions,
): Jitted<A, R> {
  const compiled = xla.jit(fn, {
    name: options.name,
    ...(options.donate === undefined ? {} : { donate: options.donate }),
    ...(options.inPlacements === undefined ? {} : { inShardings: options.inPlacements.map(shardingsOf) }),
    ...(options.outPlacements === undefined ? {} : { outShardings: shardingsOf(options.outPlacements) }),
  });
  const run = (...args: A): R => {
    try {
      return compiled(...args);
    } catch (error) {
      throw explainOutOfMemory(error, options.name, args);
    }
  };
  const prepare = async (...args: A): Promise<void> => {
    try {
      await compiled.prepare(...args);
    } catch (error) {
      throw explainOutOfMemory(error, options.name, args);
    }
  };
  const bind = (state: A[0]): Stepper<A, R> => {
    const stepper = compiled.bind(state);
    return {
      run(...inputs) {
        try {
          return stepper.run(...inputs);
        } catch (error) {
          throw explainOutOfMemory(error, options.name, [stepper.state(), ...(inputs as readonly Tree[])]);
        }
      },
      state: () => stepper.state(),
      dispose: () => stepper.dispose(),
    };
  };
  return Object.defineProperty(Object.assign(run, { prepare, bind, reports: [] }), "reports", {
    get: () =>
      compiled.reports.map((report) => ({
        traceMs: report.traceMs,
        compileMs: report.compileMs,
        fromCache: report.fromCache,
        memory: report.memoryStats(),
        notes: report.notes,
        text: () => report.moduleText,
      })),
  });
}

/** The name that the mesh has in compiled modules. */
const MESH = "mesh";

function shardingsOf(tree: PlacementTree): ShardingTree {
  if (tree === undefined) return undefined;
  if (isPlacement(tree)) return { mesh: MESH, dims: tree.dims };
  if (Array.isArray(tree)) return (tree as readonly PlacementTree[]).map(shardingsOf);
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, shardingsOf(value as PlacementTree)]));
}

function isPlacement(tree: object): tree is { dims: readonly (readonly string[])[] } {
  return "dims" in tree && Array.isArray(tree.dims);
}

function clientOptions(platform: Platform, devices: number, options: EngineOptions): ClientOptions {
  if (platform === "cpu") {
    raiseCollectiveTimeouts(devices);
    return { cpu_device_count: BigInt(devices) };
  }
  const { fraction, preallocate } = gpuMemory(options.memory);
  return {
    allocator: "bfc",
    memory_fraction: { float: fraction },
    preallocate,
    visible_devices: Array.from({ length: devices }, (_, device) => BigInt(device)), // the others stay free for other runs
  };
}

function deviceMemory(xla: XlaEngine): DeviceMemory | undefined {
  const peak = ({ bytesInUse, peakBytesInUse }: DeviceMemoryStats): number => peakBytesInUse ?? bytesInUse;
  const [fullest] = xla.client.devices
    .map((device) => device.memoryStats())
    .filter((stats) => stats !== undefined)
    .sort((a, b) => peak(b) - peak(a));
  if (fullest === undefined) return undefined;
  return { bytesInUse: fullest.bytesInUse, peakBytes: peak(fullest), limitBytes: fullest.bytesLimit };
}

/** Virtual devices on few cores meet late; XLA's default is to abort the process after 40 s. Read once, when the plugin loads. */
function raiseCollectiveTimeouts(devices: number): void {
  if (devices <= cpus().length / 2 || devices === 1) return;
  const flags = process.env["XLA_FLAGS"] ?? "";
  if (flags.includes("xla_cpu_collective_call")) return;
  process.env["XLA_FLAGS"] =
    `${flags} --xla_cpu_collective_call_warn_stuck_timeout_seconds=120 --xla_cpu_collective_call_terminate_timeout_seconds=600`.trim();
}

function formatProgress(progress: {
  readonly phase: string;
  readonly file: string;
  readonly bytes: number;
  readonly totalBytes: number;
}): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  return `${progress.phase} ${progress.file}: ${megabytes(progress.bytes)} of ${megabytes(progress.totalBytes)} MB`;
}
