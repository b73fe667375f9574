/** Traces functions to their graphs without a device: nothing is loaded, allocated or compiled. */
import { L3mError } from "@l3m/errors";
import {
  type DataType,
  findBackend,
  registerBackend,
  removeBackend,
  setBackend,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { Devices } from "./backend/devices.ts";
import { NO_CLIENT } from "./backend/no-client.ts";
import { BACKEND_NAME, type LoweringPlatform, XlaBackend } from "./backend/xla-backend.ts";
import { Compiler } from "./compile/compiler.ts";
import { type ProgramGraph } from "./estimate/graph.ts";
import { placeholder, traceGraph, type TraceOptions } from "./jit/trace-graph.ts";
import { type Tree } from "./jit/tree.ts";
import { registerKernels } from "./register-all.ts";

/** What estimates need: an {@link XlaTracer}, or a running engine. */
export interface Tracer {
  readonly platform: LoweringPlatform;
  placeholder(shape: readonly number[], dtype: DataType): Tensor;
  trace<A extends readonly Tree[]>(fn: (...args: A) => Tree, args: A, options: TraceOptions): ProgramGraph;
}

export class XlaTracer implements Tracer {
  readonly platform: LoweringPlatform;
  readonly #backend: XlaBackend;

  constructor(backend: XlaBackend) {
    this.platform = backend.platform;
    this.#backend = backend;
  }

  /** See {@link placeholder}. */
  placeholder(shape: readonly number[], dtype: DataType): Tensor {
    return placeholder(this.#backend, shape, dtype);
  }

  /** See {@link traceGraph}. */
  trace<A extends readonly Tree[]>(fn: (...args: A) => Tree, args: A, options: TraceOptions): ProgramGraph {
    return traceGraph(this.#backend, fn, args, options);
  }

  /** Removes the backend from tfjs. */
  stop(): void {
    if (findBackend(BACKEND_NAME) === this.#backend) removeBackend(BACKEND_NAME);
  }
}

/**
 * Registers the tfjs backend "xla" without a device, and selects it.
 *
 * @param platform what kernels are lowered for
 * @throws L3M_BAD_OPTION when an XLA engine runs in this process
 */
export function startTracer(platform: LoweringPlatform): XlaTracer {
  if (findBackend(BACKEND_NAME) !== null) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "an XLA engine is running in this process",
      fix: "Call stop() on it first.",
    });
  }
  const backend = new XlaBackend(new Devices(NO_CLIENT, undefined), new Compiler(NO_CLIENT, {}, undefined), platform);
  registerKernels();
  registerBackend(BACKEND_NAME, () => backend);
  void setBackend(BACKEND_NAME); // resolves at once: the backend exists
  return new XlaTracer(backend);
}
