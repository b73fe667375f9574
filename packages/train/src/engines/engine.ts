/** The door to an execution engine: what the loop needs, whoever runs it. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Dimensions, MeshSpec } from "@l3m/fsdp-mesh";
import type { StepInputs, Tracer } from "@l3m/tfjs-backend-xla";
import type { GpuMemory } from "./gpu-memory.ts";

export const ENGINE_NAMES = [
  "xla-cuda13",
  "xla-cuda12",
  "xla-cpu",
  "tfjs-node-gpu",
  "tfjs-node",
  "wasm",
  "tfjs-cpu",
] as const;

/** One engine. `xla` and `auto` are requests that resolve to one of these. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Tensors in plain lists and maps. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** Where a tensor, or every tensor below this place of a tree, lives; missing trailing dimensions are replicated. */
export interface Placement {
  readonly dims: Dimensions;
}

/** Placements in the same shape as a tree; undefined means replicated. */
export type PlacementTree =
  Placement | undefined | readonly PlacementTree[] | { readonly [key: string]: PlacementTree };

export interface JitOptions {
  readonly name: string;
  /** Numbers of the arguments whose tensors are used up by the call (their memory is reused for the results). */
  readonly donate?: readonly number[];
  /** One per argument. */
  readonly inPlacements?: readonly PlacementTree[];
  readonly outPlacements?: PlacementTree;
}

/** What a compiled function needs on one device, in bytes. */
export interface CompiledMemory {
  readonly argumentBytes: number;
  readonly outputBytes: number;
  /** Outputs that lie in the memory of arguments. */
  readonly aliasBytes: number;
  /** Intermediate results. */
  readonly tempBytes: number;
}

/** What is known about a compiled function. Eager engines know nothing. */
export interface JitReport {
  readonly traceMs: number;
  readonly compileMs: number;
  readonly fromCache: boolean;
  /** By the compiler's account. */
  readonly memory: CompiledMemory;
  /** What the user should know of how it was compiled, one line each. */
  readonly notes: readonly string[];
  /** The module that was compiled. */
  readonly text: () => string;
}

/** A function `(state, ...inputs) => ({ state, ...others })` with its state: what a loop calls. */
export interface Stepper<A extends readonly Tree[], R extends Tree> {
  /** One call on the present state, which its result replaces. Returns what is not state. */
  run(...inputs: StepInputs<A>): Omit<R, "state">;
  /** The present state as tensors, valid until the next {@link run} uses them up. */
  state(): A[0];
  /** Frees the state, unless it is held by tensors that {@link state} gave. */
  dispose(): void;
}

export interface Jitted<A extends readonly Tree[], R extends Tree> {
  (...args: A): R;
  /**
   * Keeps `state`, the donated first argument, in the engine between calls. Its tensors belong to the stepper from the
   * first call on. A compiling engine makes one native call per step and does nothing per tensor of the state.
   */
  bind(state: A[0]): Stepper<A, R>;
  /** Traces and compiles for these arguments without running; the event loop stays alive. */
  prepare(...args: A): Promise<void>;
  readonly reports: readonly JitReport[];
}

/** What a device's allocator reports, in bytes. */
export interface DeviceMemory {
  readonly bytesInUse: number;
  /** The most that was in use since the engine started. */
  readonly peakBytes: number;
  /** What the run may use. */
  readonly limitBytes: number | undefined;
}

export interface Engine {
  readonly name: EngineName;
  /** One line for people: what runs, and why it was picked. */
  readonly description: string;
  readonly devices: number;
  /** True when functions are compiled as a whole. */
  readonly compiles: boolean;
  jit<A extends readonly Tree[], R extends Tree>(fn: (...args: A) => R, options: JitOptions): Jitted<A, R>;
  /**
   * A tensor over a host array, for arguments of compiled functions: where the engine can, it copies from the array while
   * the host goes on. The array must not change until a result of the call was read.
   */
  tensorOver(data: Float32Array | Int32Array, shape: readonly number[]): Tensor;
  /** What the devices call themselves, `NVIDIA H100 80GB HBM3`; undefined where nobody says. */
  readonly deviceKind?: string | undefined;
  /** For estimates, on engines that trace. */
  readonly tracer?: Tracer;
  /** Of the device that used most; undefined where nobody counts (every CPU engine). */
  memory(): DeviceMemory | undefined;
  /** Waits for running work and frees everything. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** More than one device, for engines that have them. */
  readonly mesh?: MeshSpec;
  /** Where plugins and compiled programs are kept. Default: the l3m cache. */
  readonly cacheDir?: string;
  /** For engines on GPUs. Default: the environment, see {@link GpuMemory}. */
  readonly memory?: GpuMemory;
  /** The same bits in every run on the same machine, where the engine can choose. Default false. */
  readonly deterministic?: boolean;
  /** XLA flags of every compilation, over L3M's own; other engines ignore them. */
  readonly xlaFlags?: Readonly<Record<string, string | number | boolean>>;
  readonly onProgress?: (line: string) => void;
}

/** Whether an engine can run here. */
export interface Availability {
  readonly ok: boolean;
  /** Why, and if not, what would cure it. */
  readonly reason: string;
}

/** How one engine is found and started; one file each. */
export interface EngineAdapter {
  readonly name: EngineName;
  /** Looks without loading anything heavy or using the network. */
  available(options: EngineOptions): Promise<Availability>;
  /** Sets tfjs's backend. Downloads what is missing when that is allowed. */
  start(options: EngineOptions): Promise<Engine>;
}
