/** Matrix products. */
import { check, checkDims } from "../bad-op.ts";
import { operation, type Value } from "../operation.ts";
import { signatureText } from "../print/generic-form.ts";
import { type ElementType } from "../types.ts";

export type Precision = "DEFAULT" | "HIGH" | "HIGHEST";

export interface DotDimensions {
  /** Pairs of dimensions that are summed over. */
  readonly contracting: readonly [lhs: readonly number[], rhs: readonly number[]];
  /** Pairs of dimensions that go side by side; they come first in the result. */
  readonly batching?: readonly [lhs: readonly number[], rhs: readonly number[]];
  readonly precision?: Precision;
  /** Element type of the result; that of the operands by default. */
  readonly element?: ElementType;
}

/** Result dimensions: batching, then the free ones of `lhs`, then those of `rhs`. */
export function dotGeneral(lhs: Value, rhs: Value, dimensions: DotDimensions): Value {
  const name = "stablehlo.dot_general";
  const { contracting, batching = [[], []], precision, element = lhs.type.element } = dimensions;
  const [left, right] = [lhs.type.shape, rhs.type.shape];
  checkDims(name, "lhs dimensions", [...contracting[0], ...batching[0]], left.length);
  checkDims(name, "rhs dimensions", [...contracting[1], ...batching[1]], right.length);
  for (const [l, r] of [contracting, batching]) {
    check(l.length === r.length && l.every((d, i) => left[d] === right[r[i] as number]), name, () => [
      "paired dimensions must have equal extents",
      `[${l.join(", ")}] x [${r.join(", ")}]`,
      [lhs, rhs],
    ]);
  }
  check(lhs.type.element === rhs.type.element, name, () => [
    "operands must have one element type",
    lhs.type.element,
    rhs.type.element,
  ]);
  const free = (shape: readonly number[], used: readonly number[]) => shape.filter((_, i) => !used.includes(i));
  const shape = [
    ...batching[0].map((d) => left[d] as number),
    ...free(left, [...batching[0], ...contracting[0]]),
    ...free(right, [...batching[1], ...contracting[1]]),
  ];
  const pairs = (label: string, [l, r]: readonly [readonly number[], readonly number[]]) =>
    `${label} = [${l.join(", ")}] x [${r.join(", ")}]`;
  const options = [
    ...(batching[0].length === 0 ? [] : [pairs("batching_dims", batching)]),
    pairs("contracting_dims", contracting),
    ...(precision === undefined ? [] : [`precision = [${precision}, ${precision}]`]),
  ];
  return operation({
    name,
    operands: [lhs, rhs],
    result: { shape, element },
    attributes: {
      dot_dimension_numbers: {
        struct: "dot",
        fields: {
          lhs_batching_dimensions: batching[0],
          rhs_batching_dimensions: batching[1],
          lhs_contracting_dimensions: contracting[0],
          rhs_contracting_dimensions: contracting[1],
        },
      },
    },
    format: (op, nameOf) => `${name} ${nameOf(lhs)}, ${nameOf(rhs)}, ${options.join(", ")} : ${signatureText(op)}`,
  });
}
