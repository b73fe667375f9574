/**
 * The native TensorFlow engines, `@tensorflow/tfjs-node` and `-gpu`: optional peers, whose own installers fetch a TensorFlow
 * of 2022 and fail without a network. `l3m engine install tfjs-node` builds the binding into the l3m cache instead.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import util from "node:util";
import * as tf from "@l3m/core/tf";
import { L3mError } from "@l3m/errors";
import { defaultCacheDir } from "@l3m/pjrt";
import { eagerEngine } from "./eager.ts";
import type { Availability, EngineAdapter, EngineOptions } from "./engine.ts";

export const tfjsNode = adapter("tfjs-node");
export const tfjsNodeGpu = adapter("tfjs-node-gpu");

function adapter(name: "tfjs-node" | "tfjs-node-gpu"): EngineAdapter {
  return {
    name,
    available: async (options) => describe(name, locate(name, options)),
    async start(options) {
      const entry = locate(name, options);
      const availability = describe(name, entry);
      if (entry === undefined || !availability.ok) {
        throw new L3mError("L3M_ENGINE_MISSING", {
          message: `The engine ${name} is not installed.`,
          where: { path: "experiment.engine" },
          expected: `@tensorflow/${name} with its native binding`,
          got: availability.reason,
          fix: `Run: npx l3m engine install ${name === "tfjs-node" ? name : "tfjs-node"}, or choose another engine with --engine.`,
        });
      }
      prepareProcess();
      try {
        createRequire(import.meta.url)(entry);
      } catch (cause) {
        throw new L3mError("L3M_ENGINE_MISSING", {
          message: `The native binding of ${name} does not load.`,
          got: cause instanceof Error ? cause.message : String(cause),
          fix: "Run: npx l3m engine doctor",
          cause,
        });
      }
      await tf.setBackend("tensorflow");
      const backend: unknown = tf.backend();
      const onGpu =
        typeof backend === "object" &&
        backend !== null &&
        "isUsingGpuDevice" in backend &&
        backend.isUsingGpuDevice === true;
      if (name === "tfjs-node-gpu" && !onGpu) {
        throw new L3mError("L3M_ENGINE_MISSING", {
          message: "tfjs-node-gpu found no usable GPU and would run on the CPU.",
          expected: "a CUDA device that its TensorFlow supports",
          got: "a CPU device",
          fix: "Use --engine tfjs-node, or an XLA engine.",
        });
      }
      return eagerEngine(name, `${name}: TensorFlow's native kernels${onGpu ? " on the GPU" : ""}`);
    },
  };
}

/** The package's entry point: in the l3m cache, or among the packages that the current project can see. */
function locate(name: string, options: EngineOptions): string | undefined {
  const cached = path.join(
    options.cacheDir ?? defaultCacheDir(),
    "engines",
    name,
    "node_modules",
    "@tensorflow",
    name,
    "dist",
    "index.js",
  );
  if (existsSync(cached)) return cached;
  for (const from of [import.meta.url, path.join(process.cwd(), "package.json")]) {
    try {
      return createRequire(from).resolve(`@tensorflow/${name}`);
    } catch {
      // not visible from here
    }
  }
  return undefined;
}

function describe(name: string, entry: string | undefined): Availability {
  if (entry === undefined)
    return { ok: false, reason: `@tensorflow/${name} is not installed (npx l3m engine install tfjs-node)` };
  const binding = path.join(path.dirname(entry), "..", "lib", "napi-v8", "tfjs_binding.node");
  return existsSync(binding)
    ? { ok: true, reason: `found ${entry}` }
    : { ok: false, reason: `its native binding is missing: ${binding}` };
}

/** Node 24 dropped two helpers that the package calls; TensorFlow is told to be quiet and to allocate GPU memory as needed. */
function prepareProcess(): void {
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  process.env["TF_ENABLE_ONEDNN_OPTS"] ??= "0";
  process.env["TF_FORCE_GPU_ALLOW_GROWTH"] ??= "true";
  const legacy: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean } = util;
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacy.isArray ??= Array.isArray;
}
