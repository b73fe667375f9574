/** Slices whose start is computed on the device. */
import { check } from "../bad-op.ts";
import { operation, type Value } from "../operation.ts";
import { signatureText } from "../print/generic-form.ts";
import { isInteger, typeText } from "../types.ts";

function checkStarts(name: string, x: Value, starts: readonly Value[]): void {
  const fits =
    starts.length === x.type.shape.length &&
    starts.every(
      ({ type }) => type.shape.length === 0 && isInteger(type.element) && type.element === starts[0]?.type.element,
    );
  check(fits, name, () => [
    "one scalar integer start per dimension",
    `${x.type.shape.length} scalars of one type`,
    starts,
  ]);
}

/** The block of `sizes` that starts at `starts` (scalars, one per dimension), shifted inside if it would stick out. */
export function dynamicSlice(x: Value, starts: readonly Value[], sizes: readonly number[]): Value {
  const name = "stablehlo.dynamic_slice";
  checkStarts(name, x, starts);
  const fits =
    sizes.length === x.type.shape.length && sizes.every((size, i) => size >= 0 && size <= (x.type.shape[i] as number));
  check(fits, name, () => ["sizes must fit into the operand", typeText(x.type), `[${sizes.join(", ")}]`]);
  return operation({
    name,
    operands: [x, ...starts],
    result: { ...x.type, shape: sizes },
    attributes: { slice_sizes: sizes },
    format: (op, nameOf) =>
      `${name} ${op.operands.map(nameOf).join(", ")}, sizes = [${sizes.join(", ")}] : ${signatureText(op)}`,
  });
}

/** A copy of `x` with the block at `starts` replaced by `update`. */
export function dynamicUpdateSlice(x: Value, update: Value, starts: readonly Value[]): Value {
  const name = "stablehlo.dynamic_update_slice";
  checkStarts(name, x, starts);
  const fits =
    update.type.element === x.type.element &&
    update.type.shape.length === x.type.shape.length &&
    update.type.shape.every((size, i) => size <= (x.type.shape[i] as number));
  check(fits, name, () => ["the update must fit into the operand", typeText(x.type), [update]]);
  return operation({
    name,
    operands: [x, update, ...starts],
    result: x.type,
    format: (op, nameOf) => `${name} ${op.operands.map(nameOf).join(", ")} : ${signatureText(op)}`,
  });
}
