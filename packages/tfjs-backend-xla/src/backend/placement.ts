/** Where an array lives: on one device, or spread over the mesh. */
import { invariant } from "@l3m/errors";
import { checkSharding, type Mesh, type Sharding } from "@l3m/stablehlo";

/** `key` is equal for equal placements; `dims` is absent for a single device. */
export interface Placement {
  readonly key: string;
  readonly dims?: readonly (readonly string[])[];
}

/** On the first device only. */
export const SINGLE_DEVICE: Placement = { key: "" };

/** Spread as the sharding says; trailing dimensions that it does not mention are not split. */
export function placementOf(
  sharding: Sharding | undefined,
  shape: readonly number[],
  mesh: Mesh | undefined,
): Placement {
  if (mesh === undefined) return SINGLE_DEVICE;
  const dims = shape.map((_, i) => sharding?.dims[i] ?? []);
  if (sharding !== undefined) {
    const full = sharding.dims.length > shape.length ? sharding.dims : dims;
    checkSharding("sharding", shape, { mesh: sharding.mesh, dims: full }, mesh);
  }
  return { key: JSON.stringify(dims), dims };
}

/** The sharding to print for a placement; undefined for a single device. */
export function shardingOf(placement: Placement, mesh: Mesh | undefined): Sharding | undefined {
  return placement.dims === undefined || mesh === undefined ? undefined : { mesh: mesh.name, dims: placement.dims };
}

/** True if every device holds the whole array. */
export function isWhole(placement: Placement): boolean {
  return placement.dims === undefined || placement.dims.every((axes) => axes.length === 0);
}

/** One device's part of an array: where it starts and how far it goes. */
export interface Shard {
  readonly origin: readonly number[];
  readonly extents: readonly number[];
}

/** The parts of all devices of the mesh, in device order. */
export function shardsOf(shape: readonly number[], dims: readonly (readonly string[])[], mesh: Mesh): readonly Shard[] {
  const devices = mesh.axes.reduce((product, axis) => product * axis.size, 1);
  return Array.from({ length: devices }, (_, device) => {
    const coordinates = coordinatesOf(device, mesh);
    const origin: number[] = [];
    const extents = shape.map((extent, i) => {
      let [part, parts] = [0, 1];
      for (const name of dims[i] ?? []) {
        const axis = mesh.axes.findIndex((candidate) => candidate.name === name);
        invariant(axis >= 0, `mesh axis ${name} does not exist`);
        const size = mesh.axes[axis]?.size ?? 1;
        [part, parts] = [part * size + (coordinates[axis] ?? 0), parts * size];
      }
      origin.push((part * extent) / parts);
      return extent / parts;
    });
    return { origin, extents };
  });
}

function coordinatesOf(device: number, mesh: Mesh): readonly number[] {
  let rest = device;
  return [...mesh.axes]
    .reverse()
    .map(({ size }) => {
      const coordinate = rest % size;
      rest = Math.floor(rest / size);
      return coordinate;
    })
    .reverse();
}
