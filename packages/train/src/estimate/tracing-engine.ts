/** An engine that traces functions and runs none: what the estimates of `l3m check` are made of. */
import { L3mError } from "@l3m/errors";
import type { ProgramGraph, Tracer } from "@l3m/tfjs-backend-xla";
import type { Engine, EngineName, Jitted, JitOptions, Tree } from "../engines/engine.ts";

export interface TracingEngine extends Engine {
  readonly tracer: Tracer;
  /** Graphs of the prepared functions by name. */
  readonly graphs: ReadonlyMap<string, ProgramGraph>;
}

/** Stands in for the engine `name`; loads no plugin. Only one engine may run in a process. */
export async function startTracingEngine(name: EngineName): Promise<TracingEngine> {
  const { startTracer } = await import("@l3m/tfjs-backend-xla");
  const tracer = startTracer(name.startsWith("xla-cuda") ? "cuda" : "cpu");
  const graphs = new Map<string, ProgramGraph>();
  return {
    name,
    description: `${name}, traced only`,
    devices: 1,
    compiles: name.startsWith("xla-"),
    tracer,
    graphs,
    jit: (fn, options) => tracedJit(tracer, graphs, fn, options),
    tensorOver: (data, shape) => tracer.placeholder(shape, data instanceof Float32Array ? "float32" : "int32"),
    memory: () => undefined,
    async stop() {
      tracer.stop();
    },
  };
}

function tracedJit<A extends readonly Tree[], R extends Tree>(
  tracer: Tracer,
  graphs: Map<string, ProgramGraph>,
  fn: (...args: A) => R,
  { name, donate = [] }: JitOptions,
): Jitted<A, R> {
  const run = (): never => {
    throw new L3mError("L3M_TRACE", { message: `"${name}" was called on an engine that only traces` });
  };
  const prepare = async (...args: A): Promise<void> => void graphs.set(name, tracer.trace(fn, args, { name, donate }));
  return Object.assign(run, { prepare, bind: run, reports: [] });
}
