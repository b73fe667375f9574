/** Changes of element type. */
import { check } from "../bad-op.ts";
import { type Format, operation, type Value } from "../operation.ts";
import { signatureText } from "../print/generic-form.ts";
import { byteWidth, type ElementType, typeText } from "../types.ts";

const unaryForm: Format = (op, nameOf) => `${op.name} ${nameOf(op.operands[0] as Value)} : ${signatureText(op)}`;

/** Converts values (floats to integers towards zero, numbers to booleans by `!= 0`). Returns `x` if nothing changes. */
export function convert(x: Value, element: ElementType): Value {
  if (x.type.element === element) return x;
  return operation({
    name: "stablehlo.convert",
    operands: [x],
    result: { shape: x.type.shape, element },
    format: unaryForm,
  });
}

/** Reinterprets bits; both element types must be equally wide. */
export function bitcastConvert(x: Value, element: ElementType): Value {
  const name = "stablehlo.bitcast_convert";
  check(byteWidth(x.type.element) === byteWidth(element), name, () => [
    "both element types must be equally wide",
    `${byteWidth(x.type.element)}-byte element`,
    typeText({ shape: [], element }),
  ]);
  if (x.type.element === element) return x;
  return operation({ name, operands: [x], result: { shape: x.type.shape, element }, format: unaryForm });
}
