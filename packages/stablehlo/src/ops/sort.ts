/** Sorting along one dimension. */
import { check, checkDims } from "../bad-op.ts";
import { Operation, Region, type Value } from "../operation.ts";
import { sameShape, scalarType } from "../types.ts";

export interface SortOptions {
  readonly dim: number;
  /** Equal elements keep their order. */
  readonly stable?: boolean;
  /** True if `left` comes before `right`; each holds one scalar per operand. */
  readonly before: (left: readonly Value[], right: readonly Value[]) => Value;
}

/** Sorts several operands of one shape together by the order of the comparator. */
export function sort(xs: readonly Value[], options: SortOptions): readonly Value[] {
  const name = "stablehlo.sort";
  const [first] = xs;
  check(first !== undefined && xs.every((x) => sameShape(x.type.shape, first.type.shape)), name, () => [
    "operands must have one shape",
    "one shape",
    xs,
  ]);
  checkDims(name, "dim", [options.dim], first.type.shape.length);
  const types = xs.flatMap((x) => [scalarType(x.type.element), scalarType(x.type.element)]);
  const region = new Region(types, (args) => [
    options.before(
      args.filter((_, i) => i % 2 === 0),
      args.filter((_, i) => i % 2 === 1),
    ),
  ]);
  return new Operation({
    name,
    operands: xs,
    results: xs.map((x) => x.type),
    attributes: { dimension: options.dim, is_stable: options.stable ?? false },
    regions: [region],
  }).results;
}
