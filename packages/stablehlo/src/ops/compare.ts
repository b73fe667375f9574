/** Comparisons and choices by a predicate. */
import { check } from "../bad-op.ts";
import { operation, type Value } from "../operation.ts";
import { signatureText } from "../print/generic-form.ts";
import { isFloat, isUnsigned, sameShape, sameType, typeText } from "../types.ts";

export type Direction = "EQ" | "NE" | "LT" | "LE" | "GT" | "GE";

/** `a <direction> b` as booleans; floats compare by IEEE rules (NaN is unequal to everything). */
export function compare(direction: Direction, a: Value, b: Value): Value {
  const name = "stablehlo.compare";
  check(sameType(a.type, b.type), name, () => ["operands must have one type", typeText(a.type), [a, b]]);
  const { element } = a.type;
  const kind = isFloat(element) ? "FLOAT" : element === "i1" || isUnsigned(element) ? "UNSIGNED" : "SIGNED";
  return operation({
    name,
    operands: [a, b],
    result: { shape: a.type.shape, element: "i1" },
    attributes: { comparison_direction: { enum: "comparison_direction", value: direction } },
    format: (op, nameOf) => `${name} ${direction}, ${nameOf(a)}, ${nameOf(b)}, ${kind} : ${signatureText(op)}`,
  });
}

/** `predicate ? onTrue : onFalse`; the predicate has the shape of the others or is a scalar. */
export function select(predicate: Value, onTrue: Value, onFalse: Value): Value {
  const name = "stablehlo.select";
  check(sameType(onTrue.type, onFalse.type), name, () => [
    "both choices must have one type",
    typeText(onTrue.type),
    [onTrue, onFalse],
  ]);
  const fits =
    predicate.type.element === "i1" &&
    (predicate.type.shape.length === 0 || sameShape(predicate.type.shape, onTrue.type.shape));
  check(fits, name, () => [
    "predicate does not fit",
    typeText({ shape: onTrue.type.shape, element: "i1" }),
    [predicate],
  ]);
  return operation({
    name,
    operands: [predicate, onTrue, onFalse],
    result: onTrue.type,
    format: (op, nameOf) =>
      `${name} ${op.operands.map(nameOf).join(", ")} : ${typeText(predicate.type)}, ${typeText(onTrue.type)}`,
  });
}

/** `min(max(x, low), high)`; the bounds have the type of `x` or are scalars of its element type. */
export function clamp(low: Value, x: Value, high: Value): Value {
  const name = "stablehlo.clamp";
  for (const bound of [low, high]) {
    const fits =
      bound.type.element === x.type.element &&
      (bound.type.shape.length === 0 || sameShape(bound.type.shape, x.type.shape));
    check(fits, name, () => ["bound does not fit", typeText(x.type), [bound]]);
  }
  return operation({
    name,
    operands: [low, x, high],
    result: x.type,
    format: (op, nameOf) => `${name} ${op.operands.map(nameOf).join(", ")} : ${signatureText(op)}`,
  });
}
