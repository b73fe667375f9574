/** A part of the program that every device runs on its own shards, written in their shapes. */
import { check } from "../bad-op.ts";
import { Operation, Region, type Value } from "../operation.ts";
import { typesText } from "../print/generic-form.ts";
import { checkSharding, type Mesh, type Sharding, shardingText } from "../sharding.ts";
import { sameType, type TensorType, typeText } from "../types.ts";

export interface ManualComputationOptions {
  /** All of its axes become manual: the body sees one device. */
  readonly mesh: Mesh;
  /** One per operand. Axes that it does not name give every device a whole copy. */
  readonly inShardings: readonly Sharding[];
  /** Types of the whole results, and how the shards of the body make them up. */
  readonly results: readonly { readonly type: TensorType; readonly sharding: Sharding }[];
  /** From the shards of the operands to the shards of the results; may use nothing from outside, not even constants. */
  readonly body: (shards: readonly Value[]) => readonly Value[];
}

/** `sdy.manual_computation`: the partitioner passes the body by, so that it may call what cannot be partitioned. */
export function manualComputation(operands: readonly Value[], options: ManualComputationOptions): readonly Value[] {
  const name = "sdy.manual_computation";
  const { mesh, inShardings, results, body } = options;
  check(inShardings.length === operands.length, name, () => [
    "one sharding per operand",
    String(operands.length),
    String(inShardings.length),
  ]);
  const inTypes = operands.map(({ type }, i) => shardType(name, type, inShardings[i] as Sharding, mesh));
  const outTypes = results.map(({ type, sharding }) => shardType(name, type, sharding, mesh));
  const region = new Region(inTypes, body);
  const fits =
    region.results.length === outTypes.length &&
    region.results.every(({ type }, i) => sameType(type, outTypes[i] as TensorType));
  check(fits, name, () => [
    "the body returns other types than the shards of the results",
    outTypes.map(typeText).join(", "),
    region.results,
  ]);
  check(region.captures.length === 0, name, () => [
    "the body may use nothing from outside",
    "values made of its arguments",
    typesText(region.captures),
  ]);
  const axes = mesh.axes.map((axis) => `"${axis.name}"`).join(", ");
  return new Operation({
    name,
    operands,
    results: results.map(({ type }) => type),
    attributes: {
      in_shardings: { text: perValue(inShardings) },
      manual_axes: { text: `#sdy<manual_axes{${axes}}>` },
      out_shardings: { text: perValue(results.map(({ sharding }) => sharding)) },
    },
    regions: [region],
  }).results;
}

function perValue(shardings: readonly Sharding[]): string {
  return `#sdy.sharding_per_value<[${shardings.map((sharding) => `<${shardingText(sharding)}>`).join(", ")}]>`;
}

/** What one device holds. */
function shardType(op: string, type: TensorType, sharding: Sharding, mesh: Mesh): TensorType {
  checkSharding(op, type.shape, sharding, mesh);
  const sizes = new Map(mesh.axes.map((axis) => [axis.name, axis.size]));
  const parts = sharding.dims.map((axes) => axes.reduce((product, axis) => product * (sizes.get(axis) ?? 1), 1));
  return { ...type, shape: type.shape.map((extent, i) => extent / (parts[i] ?? 1)) };
}
