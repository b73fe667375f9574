/** Activation checkpointing of a part of a model: the kernel takes explicit tensors, this adds the ParamScope. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { checkpoint } from "@l3m/tfjs-kernels";
import { scopeUnder, withParams } from "./param-scope.ts";

/**
 * `fn(inputs)` whose activations are computed again in the backward pass. Parameters under `scope` become explicit inputs,
 * so gradients reach them.
 */
export function checkpointed(
  scope: string,
  fn: (inputs: readonly Tensor[]) => Tensor[],
  inputs: readonly Tensor[],
): Tensor[] {
  const params = scopeUnder(`${scope}.`);
  const paths = [...params.keys()];
  const run = (all: readonly Tensor[]): Tensor[] => {
    const values = new Map(paths.map((path, i) => [path, all[inputs.length + i] as Tensor]));
    return withParams(values, () => fn(all.slice(0, inputs.length)));
  };
  return checkpoint(run, [...inputs, ...params.values()]);
}
