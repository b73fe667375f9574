/**
 * How L3M adds a kernel to TensorFlow.js: a name, a gradient, and a fallback composed of stock ops. An engine that has its
 * own implementation registers it under the same name; every other engine gets the fallback the first time it is needed.
 */
import {
  engine,
  getBackend,
  getKernel,
  type GradConfig,
  type NamedAttrMap,
  registerGradient,
  registerKernel,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { inputsForGradient, rememberRecipe } from "./cheap-results.ts";
import { type AutocastClass, setAutocastClass } from "./precision/autocast.ts";

/** Inputs of a kernel: by name, or `{ 0: ..., 1: ... }` of a kernel that takes a list. */
export type KernelInputs = Record<string, Tensor>;

export interface KernelDefinition<A extends object> {
  /** Name in tfjs's kernel registry; part of the ABI. */
  readonly name: string;
  /** Names of the inputs in order, or `"list"` for any number of unnamed ones. */
  readonly inputs: readonly string[] | "list";
  /** The same result from stock tfjs ops (or host arrays), for engines that do not implement the kernel. */
  readonly fallback: (inputs: KernelInputs, attrs: A) => Tensor | Tensor[];
  /** Which number format it computes in; `follow` by default. */
  readonly autocast?: AutocastClass;
  /** The first output is cheaper to compute again than to keep; see `recomputingCheap`. */
  readonly cheap?: boolean;
  /** For each output whether the gradient gets it too; none by default. */
  readonly outputsToSave?: readonly boolean[];
  /**
   * Gradients by input name (by index for a list), lazily. `dys` has one entry per output; `inputs` are the kernel's own
   * inputs in order; `outputs` are those that `outputsToSave` chose, in order.
   */
  readonly gradient?: (
    dys: readonly Tensor[],
    inputs: readonly Tensor[],
    attrs: A,
    outputs: readonly Tensor[],
  ) => Record<string, () => Tensor>;
}

/** Runs a kernel on the current engine, given its inputs in order, and returns its outputs. */
export type KernelCall<A extends object> = (inputs: readonly Tensor[], attrs: A) => Tensor[];

/** Registers the gradient of a kernel and returns the function that runs it. */
export function defineKernel<A extends object>(definition: KernelDefinition<A>): KernelCall<A> {
  const { name, inputs: names, fallback, gradient, outputsToSave = [], autocast, cheap = false } = definition;
  if (autocast !== undefined) setAutocastClass(name, autocast);
  if (gradient !== undefined) {
    const savedOutputs = outputsToSave.filter(Boolean).length;
    const config: GradConfig = {
      kernelName: name,
      ...(names === "list" ? { saveAllInputs: true } : { inputsToSave: [...names] }),
      outputsToSave: [...outputsToSave],
      gradFunc: (dy, saved, attrs) => {
        const dys = Array.isArray(dy) ? dy : [dy];
        const inputCount = saved.length - savedOutputs; // tfjs puts the outputs behind the inputs
        const own = saved.slice(0, inputCount);
        const inputs = cheap ? inputsForGradient(own) : own;
        return gradient(dys, inputs, attrs as object as A, saved.slice(inputCount));
      },
    };
    registerGradient(config);
  }
  const call: KernelCall<A> = (inputs, attrs) => {
    ensureKernel(name, (given, givenAttrs) => fallback(given, givenAttrs as A));
    const named =
      names === "list" ? [...inputs] : Object.fromEntries(names.map((key, i) => [key, inputs[i] as Tensor]));
    const outputs = engine().runKernel<Tensor | Tensor[]>(name, named as KernelInputs, attrs as object as NamedAttrMap);
    const list = Array.isArray(outputs) ? outputs : [outputs];
    if (cheap) rememberRecipe(list[0] as Tensor, inputs, (again) => call(again, attrs)[0] as Tensor);
    return list;
  };
  return call;
}

function ensureKernel(name: string, fallback: (inputs: KernelInputs, attrs: object) => Tensor | Tensor[]): void {
  const backendName = getBackend();
  if (getKernel(name, backendName) !== undefined) return;
  registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs }) => tidy(() => fallback(inputs as KernelInputs, attrs ?? {})),
  });
}
