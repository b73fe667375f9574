/** ShardingConstraint: where a value lives on the mesh; nothing without one. */
import { shardingConstraint as lower } from "@l3m/stablehlo";
import { type ShardingConstraintAttrs } from "@l3m/tfjs-kernels";
import { lowering } from "../lowering/kernel.ts";

export const shardingConstraint = lowering<"x", ShardingConstraintAttrs>(
  "ShardingConstraint",
  ({ x }, { dims }, { mesh, trace }) => {
    if (mesh === undefined || trace === undefined) return x;
    return { value: lower(x.value, { mesh: mesh.name, dims }, mesh), dtype: x.dtype };
  },
);
