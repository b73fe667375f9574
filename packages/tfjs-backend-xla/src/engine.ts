/** The running engine: a PJRT client behind a tfjs backend. */
import { type PjrtClient } from "@l3m/pjrt";
import { type DataType, engine as tfEngine, removeBackend, type Tensor } from "@tensorflow/tfjs-core";
import { Content } from "./backend/content.ts";
import { elementOf } from "./backend/element.ts";
import { BACKEND_NAME, type LoweringPlatform, type XlaBackend } from "./backend/xla-backend.ts";
import { type Compiler } from "./compile/compiler.ts";
import { type ProgramGraph } from "./estimate/graph.ts";
import { jit, type Jitted, type JitOptions } from "./jit/jit.ts";
import { placeholder, traceGraph, type TraceOptions } from "./jit/trace-graph.ts";
import { type Tree } from "./jit/tree.ts";

export interface EngineMemory {
  /** Data of live tensors. */
  readonly numDataIds: number;
  /** Arrays on the devices. */
  readonly liveBuffers: number;
}

export class XlaEngine {
  readonly client: PjrtClient;
  readonly #backend: XlaBackend;
  readonly #compiler: Compiler;
  #running = true;

  constructor(client: PjrtClient, backend: XlaBackend, compiler: Compiler) {
    this.client = client;
    this.#backend = backend;
    this.#compiler = compiler;
  }

  /**
   * Compiles `fn` into one program per signature.
   *
   * tf.Variables that `fn` assigns are updated after every call and their old buffers reused; other tensors from outside
   * are read at every call. `fn` must depend on the values of its arguments through kernels only.
   *
   * @throws L3M_TRACE when `fn` reads a traced tensor, draws random numbers on the host or makes a large host array
   */
  jit<A extends readonly Tree[], R extends Tree>(fn: (...args: A) => R, options: JitOptions = {}): Jitted<A, R> {
    return jit(this.#backend, this.#compiler, fn, options);
  }

  /** What kernels are lowered for. */
  get platform(): LoweringPlatform {
    return this.#backend.platform;
  }

  /**
   * A tensor over a host array that compiled functions read without a copy on the host: the transfer goes on after the
   * call that needs it. The array must not change until a result of that call was read.
   */
  tensorOver(data: Float32Array | Int32Array, shape: readonly number[]): Tensor {
    const dtype = data instanceof Float32Array ? "float32" : "int32";
    const content = new Content([...shape], elementOf(dtype), { host: data, steady: true });
    return tfEngine().makeTensorFromTensorInfo(this.#backend.tensorOfContent(content, dtype));
  }

  /** A tensor of this type that has no contents, for arguments of {@link trace} and of `prepare`. */
  placeholder(shape: readonly number[], dtype: DataType): Tensor {
    return placeholder(this.#backend, shape, dtype);
  }

  /** The graph of `fn` for arguments of these types, for estimates; nothing is compiled. */
  trace<A extends readonly Tree[]>(fn: (...args: A) => Tree, args: A, options: TraceOptions): ProgramGraph {
    return traceGraph(this.#backend, fn, args, options);
  }

  memory(): EngineMemory {
    this.#backend.recorder.sweep();
    return { numDataIds: this.#backend.numDataIds(), liveBuffers: this.client.liveBuffers };
  }

  /** Removes the backend from tfjs and frees everything on the devices. Tensors of this engine end with it. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    removeBackend(BACKEND_NAME);
    this.client.destroy();
  }
}
