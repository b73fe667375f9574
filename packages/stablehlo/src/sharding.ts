/** Meshes and shardings in Shardy's terms, and the constraint op. */
import { check } from "./bad-op.ts";
import { operation, type Value } from "./operation.ts";
import { typeText } from "./types.ts";

/** A named grid of devices; device `i` has the row-major coordinates of `i`. */
export interface Mesh {
  readonly name: string;
  readonly axes: readonly { readonly name: string; readonly size: number }[];
}

/** For every dimension the mesh axes that split it, major to minor; an empty list means not split. */
export interface Sharding {
  readonly mesh: string;
  readonly dims: readonly (readonly string[])[];
}

/** `sdy.mesh @mesh = <["dp"=2]>`. */
export function meshText(mesh: Mesh): string {
  return `sdy.mesh @${mesh.name} = <[${mesh.axes.map(({ name, size }) => `"${name}"=${size}`).join(", ")}]>`;
}

/** `@mesh, [{"dp"}, {}]`, with closed dimensions. */
export function shardingText(sharding: Sharding): string {
  const dims = sharding.dims.map((axes) => `{${axes.map((axis) => `"${axis}"`).join(", ")}}`);
  return `@${sharding.mesh}, [${dims.join(", ")}]`;
}

/**
 * Checks rank, axis names, single use of every axis, and that every dimension divides evenly: XLA would otherwise pick
 * another sharding without a word.
 */
export function checkSharding(op: string, shape: readonly number[], sharding: Sharding, mesh?: Mesh): void {
  const text = shardingText(sharding);
  check(sharding.dims.length === shape.length, op, () => [
    "a sharding needs one entry per dimension",
    `${shape.length} entries`,
    text,
  ]);
  const axes = sharding.dims.flat();
  check(new Set(axes).size === axes.length, op, () => [
    "a mesh axis can split one dimension only",
    "each axis at most once",
    text,
  ]);
  if (mesh === undefined) return;
  check(sharding.mesh === mesh.name, op, () => ["the sharding names another mesh", mesh.name, sharding.mesh]);
  sharding.dims.forEach((dim, i) => {
    let parts = 1;
    for (const name of dim) {
      const axis = mesh.axes.find((candidate) => candidate.name === name);
      check(axis !== undefined, op, () => ["the mesh has no such axis", mesh.axes.map((a) => a.name).join(", "), name]);
      parts *= axis.size;
    }
    const extent = shape[i] ?? 0;
    check(extent % parts === 0, op, () => [
      `dimension ${i} does not divide over ${dim.join(" x ")}`,
      `a multiple of ${parts}`,
      String(extent),
    ]);
  });
}

/** Pins the sharding of an intermediate value (`sdy.sharding_constraint`). */
export function shardingConstraint(x: Value, sharding: Sharding, mesh?: Mesh): Value {
  checkSharding("sdy.sharding_constraint", x.type.shape, sharding, mesh);
  return operation({
    name: "sdy.sharding_constraint",
    operands: [x],
    result: x.type,
    attributes: { sharding: { text: `#sdy.sharding<${shardingText(sharding)}>` } },
    format: (_op, nameOf) => `sdy.sharding_constraint ${nameOf(x)} <${shardingText(sharding)}> : ${typeText(x.type)}`,
  });
}
