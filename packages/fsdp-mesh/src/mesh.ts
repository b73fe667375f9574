/** The device mesh: named axes whose sizes multiply to the number of devices. */
import { L3mError } from "@l3m/core";

/** Axes in order, outermost first. */
export interface MeshSpec {
  readonly axes: readonly { readonly name: string; readonly size: number }[];
}

export interface MeshOptions {
  /** Devices in the mesh. Default: the product of the axes. */
  readonly devices?: number | undefined;
  /** Copies of the model that each see another part of the batch. Default 1. */
  readonly dp_replicate?: number | undefined;
  /** Devices that share one copy of the parameters (FSDP). Default: what remains. */
  readonly dp_shard?: number | undefined;
}

/** The mesh `dp_replicate x dp_shard`; an axis of size 1 is left out. */
export function createMesh(options: MeshOptions): MeshSpec {
  const replicate = options.dp_replicate ?? 1;
  const shard = options.dp_shard ?? (options.devices ?? 1) / replicate;
  const devices = options.devices ?? replicate * shard;
  if (!Number.isInteger(shard) || replicate * shard !== devices) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "The mesh axes do not multiply to the number of devices.",
      where: { path: "mesh" },
      expected: `dp_replicate x dp_shard = ${devices}`,
      got: `${replicate} x ${shard}`,
      fix: "Change one of devices, dp_replicate and dp_shard.",
    });
  }
  const axes = [
    { name: "dp_replicate", size: replicate },
    { name: "dp_shard", size: shard },
  ];
  return { axes: axes.filter(({ size }) => size > 1) };
}

/** Number of devices of a mesh. */
export function deviceCount(mesh: MeshSpec): number {
  return mesh.axes.reduce((product, { size }) => product * size, 1);
}
