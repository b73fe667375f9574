/** Calls of one program that keep the state on the devices between them. */
import { type CarriedCall, type PjrtBuffer } from "@l3m/pjrt";
import { type Tensor } from "@tensorflow/tfjs-core";
import { type CarriedLeaves, carriedLeaves } from "./carried-leaves.ts";
import { gather } from "./gather.ts";
import { hasTypes, type Program } from "./program.ts";
import { type InputType, type ParameterPlan, type ResultPlan } from "./program-plan.ts";
import { takeResults } from "./results.ts";
import { type Tree, unflatten } from "./tree.ts";

export class CarriedProgram {
  readonly #program: Program;
  readonly #call: CarriedCall;
  readonly #leaves: CarriedLeaves;
  readonly #inputTypes: readonly InputType[];
  /** What is not state: the other parameters, which count their inputs from 0, and the other results. */
  readonly #parameters: readonly ParameterPlan[];
  readonly #results: readonly ResultPlan[];

  /** Takes the tensors of the state, the first of `leaves`, which are disposed. */
  constructor(program: Program, leaves: readonly Tensor[]) {
    const { plan, backend, executable } = program;
    this.#program = program;
    this.#leaves = carriedLeaves(plan);
    const { results } = this.#leaves;
    const count = results.length;
    this.#inputTypes = plan.inputs.slice(count);
    this.#parameters = plan.parameters.slice(count).map((parameter) => {
      const { source } = parameter;
      return source.kind === "input"
        ? { ...parameter, source: { kind: "input", index: source.index - count } as const }
        : parameter;
    });
    const carried = new Set(results);
    this.#results = plan.results.filter((_, i) => !carried.has(i));
    const { arrays, consumed } = gather(backend, plan.name, plan.parameters.slice(0, count), leaves);
    this.#call = executable.carry(
      plan.parameters.length,
      results.map((result, argument) => ({ argument, result })),
    );
    this.#call.load(executable.devices.map((_, d) => arrays.flatMap(({ buffers }) => buffers[d] ?? [])));
    for (const [content, array] of consumed) content.donate(plan.name, array);
    for (const leaf of leaves.slice(0, count)) leaf.dispose();
  }

  /** Tensors of the state. */
  get size(): number {
    return this.#leaves.results.length;
  }

  /** True if the inputs have the types of this program; their tensors are then in `leaves`. */
  accepts(inputs: readonly Tree[], leaves: Tensor[]): boolean {
    return hasTypes(this.#program.backend, this.#leaves.inputsShape, this.#inputTypes, inputs, leaves);
  }

  /** One call on the tensors of the inputs; gives the results that are not state. */
  run(leaves: readonly Tensor[]): Tree {
    const { backend, executable, plan } = this.#program;
    const { arrays, consumed, copies } = gather(backend, plan.name, this.#parameters, leaves);
    const outputs = this.#call.execute(
      executable.devices.map((_, d) => arrays.flatMap(({ buffers }) => buffers[d] ?? [])),
    );
    for (const content of consumed.keys()) content.donate(plan.name);
    for (const { buffers } of copies) for (const buffer of buffers) buffer.destroy();
    const tensors = takeResults(backend, this.#results, outputs);
    for (const { source, donated } of this.#parameters)
      if (donated && source.kind === "input") (leaves[source.index] as Tensor).dispose();
    return unflatten(this.#leaves.othersShape, tensors.values());
  }

  /** Gives the state away as tensors; nothing is left here. */
  unload(): Tree {
    const { backend, plan } = this.#program;
    const types = this.#leaves.results.map((result) => plan.results[result] as ResultPlan);
    const buffers: readonly (readonly PjrtBuffer[])[] = this.#call.unload();
    return unflatten(this.#leaves.stateShape, takeResults(backend, types, buffers).values());
  }

  /** Frees the state. */
  destroy(): void {
    this.#call.destroy();
  }
}
