/** The WebAssembly backend of tfjs: SIMD, no native code. */
import { createRequire } from "node:module";
import path from "node:path";
import * as tf from "@l3m/core/tf";
import { eagerEngine } from "./eager.ts";
import type { EngineAdapter } from "./engine.ts";

export const wasm: EngineAdapter = {
  name: "wasm",
  available: async () => ({ ok: true, reason: "part of every installation" }),
  async start() {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${path.dirname(entry)}${path.sep}`);
    await tf.setBackend("wasm");
    return eagerEngine("wasm", "wasm: tfjs's WebAssembly backend");
  },
};
