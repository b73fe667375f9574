/** Runs a function once under a trace and collects its graph: inputs, captured tensors, results, reassigned variables. */
import { L3mError } from "@l3m/errors";
import { parameter, type Value } from "@l3m/stablehlo";
import { type DataId, type DataType, engine, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import { type TensorStorage } from "../backend/tensor-storage.ts";
import { type XlaBackend } from "../backend/xla-backend.ts";
import { type KernelCall, Trace } from "./trace.ts";
import { flatten, type Tree, type TreeShape, unflatten } from "./tree.ts";

export interface TracedLeaf {
  readonly value: Value;
  readonly dtype: DataType;
}

export interface TracedFunction {
  /** One parameter per tensor of the arguments, in order. */
  readonly inputs: readonly Value[];
  /** Tensors from outside; `variable` is set if a tf.Variable held the tensor. */
  readonly captures: readonly {
    readonly storage: TensorStorage;
    readonly variable: Variable | undefined;
    readonly value: Value;
  }[];
  /** What the function called. */
  readonly kernels: readonly KernelCall[];
  readonly resultShape: TreeShape;
  readonly results: readonly TracedLeaf[];
  /** Variables that the function assigned, with their new values. */
  readonly assigned: readonly (TracedLeaf & { readonly variable: Variable })[];
  /** True if the function made variables: it must be traced again now that they exist. */
  readonly madeVariables: boolean;
  /** What the user should know of how kernels were lowered. */
  readonly notes: readonly string[];
}

/** Traces `fn` on placeholders for the tensors `leaves` of arguments of structure `shape`. */
export function traceFunction(
  backend: XlaBackend,
  name: string,
  fn: (args: readonly Tree[]) => Tree,
  shape: TreeShape,
  leaves: readonly Tensor[],
): TracedFunction {
  const trace = new Trace(name);
  const variables = Object.values(engine().state.registeredVariables);
  const before = new Map<Variable, DataId>(variables.map((variable) => [variable, variable.dataId]));
  const holders = new Map<TensorStorage, Variable>(
    variables.map((variable) => [backend.storageOf(variable.dataId), variable]),
  );
  for (const variable of variables) backend.incRef(variable.dataId);
  const inputs = leaves.map((leaf) =>
    parameter({ shape: leaf.shape, element: backend.storageOf(leaf.dataId).element }),
  );
  let traced: Omit<TracedFunction, "inputs" | "captures" | "notes" | "kernels"> | undefined;
  const random = Math.random;
  backend.trace = trace;
  Math.random = () => rejectRandom(name);
  try {
    tidy(() => {
      const placeholders = inputs.map((value, i) =>
        engine().makeTensorFromTensorInfo(backend.tensorOf(value, (leaves[i] as Tensor).dtype)),
      );
      const result = fn(unflatten(shape, placeholders.values()) as readonly Tree[]);
      const outputs: Tensor[] = [];
      const resultShape = flatten(result, outputs, `the result of "${name}"`);
      const leafOf = (tensor: Tensor): TracedLeaf => ({ value: backend.graphValue(tensor, name), dtype: tensor.dtype });
      const current = Object.values(engine().state.registeredVariables);
      traced = {
        resultShape,
        results: outputs.map(leafOf),
        assigned: current
          .filter((variable) => before.get(variable) !== variable.dataId)
          .map((variable) => ({ ...leafOf(variable), variable })),
        madeVariables: current.some((variable) => !before.has(variable)),
      };
    });
  } finally {
    Math.random = random;
    backend.trace = undefined;
    for (const [variable, dataId] of before) restore(backend, variable, dataId);
    if (traced === undefined) {
      for (const variable of Object.values(engine().state.registeredVariables))
        if (!before.has(variable)) variable.dispose();
    }
  }
  const captures = [...trace.captures].map(([storage, value]) => ({ storage, value, variable: holders.get(storage) }));
  return {
    ...(traced as NonNullable<typeof traced>),
    inputs,
    captures,
    notes: [...trace.notes],
    kernels: trace.kernels,
  };
}

/** Gives a variable back the data that it had before the trace, and drops the reference that kept that data alive. */
function restore(backend: XlaBackend, variable: Variable, dataId: DataId): void {
  if (variable.dataId === dataId) return backend.decRef(dataId);
  const old = engine().makeTensorFromTensorInfo({ dataId, shape: variable.shape, dtype: variable.dtype });
  variable.assign(old);
  old.dispose();
}

function rejectRandom(name: string): never {
  throw new L3mError("L3M_TRACE", {
    message: `"${name}" draws a random number on the host; it would freeze into the compiled program`,
    expected: "random numbers from keys that are arguments",
    fix: "Replace tf.random*, tf.dropout and Math.random by counter-based random bits (@l3m/tfjs-kernels: counterUniform, counterNormal).",
  });
}
