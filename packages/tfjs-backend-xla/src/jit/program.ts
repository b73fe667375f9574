/** A traced function for one signature: the plan of its calls, made once so that a call only moves pointers. */
import { invariant, L3mError } from "@l3m/errors";
import { type PjrtBuffer, type PjrtExecutable } from "@l3m/pjrt";
import { type ElementType } from "@l3m/stablehlo";
import { type DataType, engine, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { Content } from "../backend/content.ts";
import { type DeviceArray } from "../backend/devices.ts";
import { type Placement } from "../backend/placement.ts";
import { type TensorStorage } from "../backend/tensor-storage.ts";
import { type XlaBackend } from "../backend/xla-backend.ts";
import { matches, type Tree, type TreeShape, unflatten } from "./tree.ts";

/** Where the argument of a parameter comes from. */
export type ArgumentSource =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "variable"; readonly variable: Variable }
  | { readonly kind: "tensor"; readonly storage: TensorStorage };

export interface ParameterPlan {
  readonly source: ArgumentSource;
  readonly placement: Placement;
  /** The call consumes the buffer. */
  readonly donated: boolean;
}

export interface ResultPlan {
  readonly shape: readonly number[];
  readonly element: ElementType;
  readonly dtype: DataType;
  readonly placement: Placement;
  /** The variable that takes this result; undefined for a result of the function. */
  readonly variable: Variable | undefined;
}

export interface InputType {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly element: ElementType;
}

export interface ProgramPlan {
  readonly name: string;
  readonly argsShape: TreeShape;
  readonly inputs: readonly InputType[];
  readonly parameters: readonly ParameterPlan[];
  readonly resultShape: TreeShape;
  readonly results: readonly ResultPlan[];
}

let calls = 0;

export class Program {
  readonly #plan: ProgramPlan;
  readonly #backend: XlaBackend;
  readonly #executable: PjrtExecutable;
  /** `[device][argument]`, reused by every call. */
  readonly #args: PjrtBuffer[][];

  constructor(plan: ProgramPlan, backend: XlaBackend, executable: PjrtExecutable) {
    this.#plan = plan;
    this.#backend = backend;
    this.#executable = executable;
    this.#args = executable.devices.map(() => []);
    plan.results.forEach((result, i) => {
      const parts = backend.devices.devices.length;
      const global = result.shape.reduce((a, b) => a * b, 1);
      const local = (executable.outputDims[i] ?? []).reduce((a, b) => a * b, 1);
      invariant(
        local <= global && local * parts >= global,
        `result ${i} of "${plan.name}" came out as [${executable.outputDims[i]?.join(",")}] per device`,
      );
    });
  }

  /** True if the arguments have this program's structure and types; their tensors are then in `leaves`. */
  accepts(args: readonly Tree[], leaves: Tensor[]): boolean {
    const { argsShape, inputs } = this.#plan;
    if (!matches(argsShape, args, leaves)) return false;
    for (let i = 0; i < inputs.length; i++) {
      const leaf = leaves[i] as Tensor;
      const { shape, dtype, element } = inputs[i] as InputType;
      if (
        leaf.dtype !== dtype ||
        leaf.shape.length !== shape.length ||
        this.#backend.storageOf(leaf.dataId).element !== element
      )
        return false;
      for (let d = 0; d < shape.length; d++) if (leaf.shape[d] !== shape[d]) return false;
    }
    return true;
  }

  /** Runs the program on the tensors of the arguments. */
  call(leaves: readonly Tensor[]): Tree {
    const { parameters, name } = this.#plan;
    const backend = this.#backend;
    const call = calls++;
    this.#computePending(leaves);
    const consumed: Content[] = [];
    const temporaries: DeviceArray[] = [];
    for (let i = 0; i < parameters.length; i++) {
      const parameter = parameters[i] as ParameterPlan;
      const storage = this.#storageOf(parameter.source, leaves);
      const content = storage.content as Content;
      const again = content.lastCall === call;
      content.lastCall = call;
      let array: DeviceArray;
      if (
        parameter.donated ? storage.refCount > 1 || content.owners > 1 || again : again && consumed.includes(content)
      ) {
        array = content.uploadCopy(parameter.placement, backend.devices);
        temporaries.push(array);
      } else {
        array = content.arrayAt(parameter.placement, backend.devices);
        if (parameter.donated) consumed.push(content);
      }
      for (let d = 0; d < this.#args.length; d++) (this.#args[d] as PjrtBuffer[])[i] = array.buffers[d] as PjrtBuffer;
    }
    for (const content of consumed) if (backend.recorder.mayNeed(content)) backend.recorder.computeAll();
    const outputs = this.#executable.execute(this.#args);
    for (const content of consumed) content.donate(name);
    for (const { buffers } of temporaries) for (const buffer of buffers) buffer.destroy();
    return this.#take(outputs, leaves);
  }

  /** Computes what the arguments are still waiting for, in one go. */
  #computePending(leaves: readonly Tensor[]): void {
    let waiting: TensorStorage[] | undefined;
    for (const { source } of this.#plan.parameters) {
      const storage = this.#storageOf(source, leaves);
      if (storage.pending !== undefined) (waiting ??= []).push(storage);
    }
    if (waiting !== undefined) this.#backend.recorder.compute(waiting);
  }

  #storageOf(source: ArgumentSource, leaves: readonly Tensor[]): TensorStorage {
    if (source.kind === "input") return this.#backend.storageOf((leaves[source.index] as Tensor).dataId);
    const disposed =
      source.kind === "variable"
        ? source.variable.isDisposed
        : source.storage.content === undefined && source.storage.pending === undefined;
    if (disposed) {
      throw new L3mError("L3M_TRACE", {
        message: `"${this.#plan.name}" uses a tensor from outside that was disposed since it was traced`,
        fix: "Keep the tensor, or pass it as an argument.",
      });
    }
    return source.kind === "variable" ? this.#backend.storageOf(source.variable.dataId) : source.storage;
  }

  /** Wraps the output buffers as tensors and hands the variables theirs. */
  #take(outputs: readonly (readonly PjrtBuffer[])[], leaves: readonly Tensor[]): Tree {
    const { results, resultShape, parameters } = this.#plan;
    const tensors: Tensor[] = [];
    for (let i = 0; i < results.length; i++) {
      const { shape, element, dtype, placement, variable } = results[i] as ResultPlan;
      const buffers: PjrtBuffer[] = [];
      for (const list of outputs) buffers.push(list[i] as PjrtBuffer);
      const content = new Content(shape, element, { array: { placement, buffers } });
      if (variable === undefined)
        tensors.push(engine().makeTensorFromTensorInfo(this.#backend.tensorOfContent(content, dtype)));
      else this.#assign(variable, content);
    }
    for (const { source, donated } of parameters) {
      if (donated && source.kind === "input") (leaves[source.index] as Tensor).dispose();
    }
    return unflatten(resultShape, tensors.values());
  }

  #assign(variable: Variable, content: Content): void {
    const backend = this.#backend;
    const storage = backend.storageOf(variable.dataId);
    if (
      storage.refCount === 1 &&
      storage.trace === undefined &&
      storage.content !== undefined &&
      storage.element === content.element
    ) {
      const old = storage.content;
      storage.content = content;
      content.owners++;
      backend.recorder.release(old);
      return;
    }
    const tensor = engine().makeTensorFromTensorInfo(backend.tensorOfContent(content, variable.dtype));
    variable.assign(tensor);
    tensor.dispose();
  }
}
