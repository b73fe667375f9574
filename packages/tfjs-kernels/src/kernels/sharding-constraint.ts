/** ShardingConstraint: where a value lives on the device mesh. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { identity } from "./identity.ts";

/** Kernel name. Input `x`. Output: the same values. Engines without a mesh ignore it; its gradient is constrained alike. */
export const ShardingConstraint = "ShardingConstraint";

/** For each dimension, the mesh axes that split it, major first; an empty list means replicated. */
export type DimensionSharding = readonly (readonly string[])[];

export interface ShardingConstraintAttrs {
  readonly dims: DimensionSharding;
}

const run = defineKernel<ShardingConstraintAttrs>({
  name: ShardingConstraint,
  inputs: ["x"],
  fallback: ({ x }) => identity(x as Tensor),
  gradient: ([dy], _inputs, attrs) => ({ x: () => shardingConstraint(dy as Tensor, attrs.dims) }),
});

/** `x`, laid out over the mesh as `dims` says. */
export function shardingConstraint(x: Tensor, dims: DimensionSharding): Tensor {
  return run([x], { dims })[0] as Tensor;
}
