/** The tfjs backend: kernels append to a graph; reading a tensor computes what it needs. */
import { invariant, L3mError } from "@l3m/errors";
import { type PhysicalDtype } from "@l3m/tfjs-kernels";
import { type ElementType, type Mesh, reshape, type Value } from "@l3m/stablehlo";
import {
  type BackendValues,
  type DataId,
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { type Compiler } from "../compile/compiler.ts";
import { type Trace } from "../jit/trace.ts";
import { Content } from "./content.ts";
import { type Devices } from "./devices.ts";
import { elementOf } from "./element.ts";
import { Recorder } from "./recorder.ts";
import { type TensorStorage } from "./tensor-storage.ts";

/** Registered in tfjs under this name. */
export const BACKEND_NAME = "xla";

/** What kernels may be lowered for: some have a faster form on one of them. */
export type LoweringPlatform = "cpu" | "cuda";

export class XlaBackend extends KernelBackend {
  readonly devices: Devices;
  readonly recorder: Recorder;
  readonly platform: LoweringPlatform;
  /** The trace in progress. */
  trace: Trace | undefined;
  readonly #storages: DataStorage<TensorStorage>;

  constructor(devices: Devices, compiler: Compiler, platform: LoweringPlatform) {
    super();
    this.devices = devices;
    this.platform = platform;
    this.recorder = new Recorder(devices, compiler);
    this.#storages = new DataStorage<TensorStorage>(this, engine());
  }

  get mesh(): Mesh | undefined {
    return this.devices.mesh;
  }

  // --- what kernels use ---

  /** The graph value of a tensor, in the tensor's own shape. `kernel` names the reader in errors. */
  graphValue(info: TensorInfo, kernel: string): Value {
    const storage = this.storageOf(info.dataId);
    return reshape(this.#recordedValue(storage, kernel), info.shape);
  }

  /** A new tensor that holds a recorded value. */
  tensorOf(value: Value, dtype: DataType): TensorInfo {
    const storage = this.#newStorage(value.type.shape, dtype, value.type.element);
    if (this.trace === undefined) this.recorder.record(storage, value);
    else storage.pending = value;
    return this.#register(storage);
  }

  /** A tensor over the data of another one, in a shape of the same size. */
  view(info: TensorInfo, shape: readonly number[], dtype: DataType = info.dtype): TensorInfo {
    this.incRef(info.dataId);
    return { dataId: info.dataId, shape: [...shape], dtype };
  }

  /** A new tensor over the results of a compiled call. */
  tensorOfContent(content: Content, dtype: DataType): TensorInfo {
    const storage = this.#newStorage(content.shape, dtype, content.element);
    storage.content = content;
    content.owners++;
    return this.#register(storage);
  }

  storageOf(dataId: DataId): TensorStorage {
    return this.#storages.get(dataId);
  }

  /** The contents of a tensor made outside of traces, computed now if need be. */
  contentOf(storage: TensorStorage): Content {
    if (storage.pending !== undefined) this.recorder.compute([storage]);
    invariant(storage.content !== undefined, "a computed tensor has no contents");
    return storage.content;
  }

  /** How the tensor is stored: tfjs calls both float32. */
  physicalDtype(dataId: DataId): PhysicalDtype {
    return this.storageOf(dataId).element === "bf16" ? "bf16" : "f32";
  }

  #recordedValue(storage: TensorStorage, kernel: string): Value {
    const { trace } = this;
    if (storage.trace !== undefined) {
      if (storage.trace !== trace) throw leaked(storage.trace.name, kernel);
      return (storage.pending ??= trace.constant(storage, kernel));
    }
    elementOf(storage.dtype);
    return trace === undefined ? this.recorder.graphValue(storage) : trace.capture(storage);
  }

  #newStorage(shape: readonly number[], dtype: DataType, element: ElementType): TensorStorage {
    return { shape, dtype, element, refCount: 1, content: undefined, pending: undefined, trace: this.trace };
  }

  #register(storage: TensorStorage): TensorInfo {
    const dataId = {};
    this.#storages.set(dataId, storage);
    return { dataId, shape: [...storage.shape], dtype: storage.dtype };
  }

  // --- what tfjs asks of a backend ---

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    const element = dtype === "string" || dtype === "complex64" ? "i32" : elementOf(dtype);
    const storage = this.#newStorage([...shape], dtype, element);
    storage.refCount = refCount;
    storage.content = new Content(storage.shape, element, { host: values });
    storage.content.owners = 1;
    this.#storages.set(dataId, storage);
  }

  override readSync(dataId: DataId): BackendValues {
    return this.#readable(dataId).readSync(this.devices);
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.#readable(dataId).read(this.devices);
  }

  #readable(dataId: DataId): Content {
    const storage = this.storageOf(dataId);
    if (storage.pending !== undefined && storage.trace !== undefined) {
      throw new L3mError("L3M_TRACE", {
        message: `the values of a traced tensor were read inside "${storage.trace.name}"`,
        expected: "a function that decides by shapes and options only",
        fix: "Compute with tensors (tf.where, tf.select), or return the tensor and read it after the call.",
      });
    }
    return this.contentOf(storage);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#storages.has(dataId)) return true;
    const storage = this.storageOf(dataId);
    storage.refCount--;
    if (!force && storage.refCount > 0) return false;
    this.recorder.forget(storage);
    this.#storages.delete(dataId);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.#storages.has(dataId) ? this.storageOf(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.storageOf(dataId).refCount++;
  }

  /** Drops one reference without the bookkeeping of a tfjs tensor. */
  decRef(dataId: DataId): void {
    this.storageOf(dataId).refCount--;
  }

  override numDataIds(): number {
    return this.#storages.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(f: () => void): Promise<{ kernelMs: number }> {
    const start = performance.now();
    f();
    this.recorder.computeAll();
    return { kernelMs: performance.now() - start };
  }

  override dispose(): void {
    this.trace = undefined;
  }
}

function leaked(name: string, kernel: string): L3mError {
  return new L3mError("L3M_TRACE", {
    message: `a tensor made while tracing "${name}" was used outside of it, by ${kernel}`,
    fix: "Return the tensor from the function instead of storing it elsewhere.",
  });
}
