/** Work on batch and heads that every device does on its own part. */
import { manualComputation, type Sharding, type TensorType, type Value } from "@l3m/stablehlo";
import { type AttentionShards } from "./attention-shards.ts";

/** What a dimension counts: samples or heads, which the mesh may split, or something that every device has whole. */
export type Role = "batch" | "heads" | "whole";

export interface Placed {
  readonly value: Value;
  /** One per dimension. */
  readonly roles: readonly Role[];
}

export interface ShardedWork {
  readonly operands: readonly Placed[];
  readonly results: readonly { readonly type: TensorType; readonly roles: readonly Role[] }[];
  /** Takes and gives values of one device; takes its sizes from them. */
  readonly body: (values: readonly Value[]) => readonly Value[];
}

/** The results of `body`, on the shards of every device or, without a mesh, on everything at once. */
export function onShards(
  shards: AttentionShards | undefined,
  { operands, results, body }: ShardedWork,
): readonly Value[] {
  const values = operands.map(({ value }) => value);
  if (shards === undefined) return body(values);
  const axes: Readonly<Record<Role, readonly string[]>> = { batch: shards.batch, heads: shards.heads, whole: [] };
  const sharding = (roles: readonly Role[]): Sharding => ({
    mesh: shards.mesh.name,
    dims: roles.map((role) => axes[role]),
  });
  return manualComputation(values, {
    mesh: shards.mesh,
    inShardings: operands.map(({ roles }) => sharding(roles)),
    results: results.map(({ type, roles }) => ({ type, sharding: sharding(roles) })),
    body,
  });
}
