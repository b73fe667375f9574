/**
 * From logical axes to shardings. FSDP is a layout, not an engine: parameters and optimizer state are split over `dp_shard`,
 * the batch over all data axes, every weight is gathered where it is used, and every gradient is brought back to the split
 * form; the compiler inserts the collectives (Xu et al., GSPMD, 2021; Rajbhandari et al., ZeRO, 2020).
 */
import type { ParamSpec } from "@l3m/core";
import type { MeshSpec } from "./mesh.ts";

/** For each dimension, the mesh axes that split it; an empty list means replicated. */
export type Dimensions = readonly (readonly string[])[];

/** Where everything of a training step lives. */
export interface Layout {
  readonly mesh: MeshSpec;
  /** A parameter at rest; optimizer state lives alike. */
  param(spec: Pick<ParamSpec, "shape">): Dimensions;
  /** Something with the batch on axis 0. */
  batch(rank: number): Dimensions;
}

/** Everywhere the same, for scalars and weights in use. */
export function replicated(rank: number): Dimensions {
  return Array.from({ length: rank }, () => []);
}

/** Splits parameters over `dp_shard` on the first dimension that divides evenly, and the batch over every data axis. */
export function dataParallelLayout(mesh: MeshSpec): Layout {
  const shard = mesh.axes.find(({ name }) => name === "dp_shard");
  const dataAxes = mesh.axes.map(({ name }) => name);
  return {
    mesh,
    param({ shape }) {
      const split = shard === undefined ? -1 : shape.findIndex((size) => size % shard.size === 0);
      return shape.map((_, dim) => (dim === split && shard !== undefined ? [shard.name] : []));
    },
    batch: (rank) => Array.from({ length: rank }, (_, dim) => (dim === 0 ? dataAxes : [])),
  };
}
