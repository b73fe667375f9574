/** OptimizationBarrier: values that a compiler may not compute through, which keeps recomputation from being merged away. */
import { identity } from "./identity.ts";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";

/** Kernel name. Inputs: a list of tensors of any shape. Outputs: the same values in the same order. Eager engines return copies. */
export const OptimizationBarrier = "OptimizationBarrier";

const run = defineKernel<object>({
  name: OptimizationBarrier,
  inputs: "list",
  fallback: (inputs) => Object.values(inputs).map(identity),
  gradient: (dys, inputs) => Object.fromEntries(inputs.map((_, i) => [i, () => dys[i] as Tensor])),
});

/** The same tensors, behind one barrier. */
export function optimizationBarrier(values: readonly Tensor[]): Tensor[] {
  if (values.length === 0) return [];
  return run(values, {});
}
