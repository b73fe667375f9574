/** The JavaScript backend of tfjs: always there, slow, the reference for every other engine. */
import * as tf from "@l3m/core/tf";
import { eagerEngine } from "./eager.ts";
import type { EngineAdapter } from "./engine.ts";

export const tfjsCpu: EngineAdapter = {
  name: "tfjs-cpu",
  available: async () => ({ ok: true, reason: "part of every installation" }),
  async start() {
    await import("@tensorflow/tfjs-backend-cpu");
    await tf.setBackend("cpu");
    return eagerEngine("tfjs-cpu", "tfjs-cpu: plain JavaScript");
  },
};
