/** A TensorFlow.js backend that records kernels as StableHLO and runs them through XLA. */
export { type CompileFlags, PLATFORM_FLAGS, type PlatformFlag } from "./compile/platform-flags.ts";
export { type EngineMemory, XlaEngine } from "./engine.ts";
export { type Jitted, type JitOptions } from "./jit/jit.ts";
export { JitReport } from "./jit/report.ts";
export { type StepInputs, type Stepper } from "./jit/stepper.ts";
export { type ShardingTree } from "./jit/sharding-tree.ts";
export { type Tree } from "./jit/tree.ts";
export { BACKEND_NAME } from "./backend/xla-backend.ts";
export { KERNELS } from "./register-all.ts";
export { type StartOptions, startXla } from "./start-xla.ts";
export { hiddenFlops, matrixFlops } from "./estimate/flops.ts";
export { type ProgramGraph, type ProgramParameter } from "./estimate/graph.ts";
export { type Intermediate, type IntermediateRole, peakMemory, type PeakMemory } from "./estimate/peak-memory.ts";
export { type KernelCall } from "./jit/trace.ts";
export { type TraceOptions } from "./jit/trace-graph.ts";
export { startTracer, type Tracer, XlaTracer } from "./tracer.ts";
