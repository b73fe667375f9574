/** A traced function for one signature: the plan of its calls, made once. */
import { invariant } from "@l3m/errors";
import { type PjrtExecutable } from "@l3m/pjrt";
import { type Tensor } from "@tensorflow/tfjs-core";
import { type XlaBackend } from "../backend/xla-backend.ts";
import { gather } from "./gather.ts";
import { type InputType, type ProgramPlan } from "./program-plan.ts";
import { takeResults } from "./results.ts";
import { matches, type Tree, type TreeShape, unflatten } from "./tree.ts";

export class Program {
  readonly plan: ProgramPlan;
  readonly backend: XlaBackend;
  readonly executable: PjrtExecutable;

  constructor(plan: ProgramPlan, backend: XlaBackend, executable: PjrtExecutable) {
    this.plan = plan;
    this.backend = backend;
    this.executable = executable;
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
    return hasTypes(this.backend, this.plan.argsShape, this.plan.inputs, args, leaves);
  }

  /** Runs the program on the tensors of the arguments. */
  call(leaves: readonly Tensor[]): Tree {
    const { backend, executable } = this;
    const { parameters, results, resultShape, name } = this.plan;
    const { arrays, consumed, copies } = gather(backend, name, parameters, leaves);
    const outputs = executable.execute(
      executable.devices.map((_, d) => arrays.flatMap(({ buffers }) => buffers[d] ?? [])),
    );
    for (const content of consumed.keys()) content.donate(name);
    for (const { buffers } of copies) for (const buffer of buffers) buffer.destroy();
    const tensors = takeResults(backend, results, outputs);
    for (const { source, donated } of parameters) {
      if (donated && source.kind === "input") (leaves[source.index] as Tensor).dispose();
    }
    return unflatten(resultShape, tensors.values());
  }
}

/** True if `args` has this structure and its tensors, which are then in `leaves`, have these types. */
export function hasTypes(
  backend: XlaBackend,
  shape: TreeShape,
  types: readonly InputType[],
  args: Tree,
  leaves: Tensor[],
): boolean {
  if (!matches(shape, args, leaves)) return false;
  for (let i = 0; i < types.length; i++) {
    const leaf = leaves[i] as Tensor;
    const { shape: dims, dtype, element } = types[i] as InputType;
    if (leaf.dtype !== dtype || leaf.shape.length !== dims.length || backend.storageOf(leaf.dataId).element !== element)
      return false;
    for (let d = 0; d < dims.length; d++) if (leaf.shape[d] !== dims[d]) return false;
  }
  return true;
}
