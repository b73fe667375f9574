/** Random bits of the compiler's own generators. */
import { check } from "../bad-op.ts";
import { Operation, type Value } from "../operation.ts";
import { signatureText } from "../print/generic-form.ts";
import { isUnsigned, type TensorType, typeText } from "../types.ts";

export type RngAlgorithm = "DEFAULT" | "THREE_FRY" | "PHILOX";

/** Returns the next state and uniform bits. `state` is `ui64[2]` (`ui64[3]` also for Philox). */
export function rngBitGenerator(
  state: Value,
  type: TensorType,
  algorithm: RngAlgorithm,
): readonly [state: Value, bits: Value] {
  const name = "stablehlo.rng_bit_generator";
  const extent = state.type.shape[0] ?? 0;
  const fits =
    state.type.element === "ui64" &&
    state.type.shape.length === 1 &&
    (extent === 2 || (extent === 3 && algorithm === "PHILOX"));
  check(fits, name, () => [
    "state does not fit the algorithm",
    algorithm === "PHILOX" ? "tensor<2xui64> or tensor<3xui64>" : "tensor<2xui64>",
    [state],
  ]);
  check(isUnsigned(type.element), name, () => [
    "bits must be unsigned integers",
    "ui8, ui16, ui32 or ui64",
    typeText(type),
  ]);
  const { results } = new Operation({
    name,
    operands: [state],
    results: [state.type, type],
    attributes: { rng_algorithm: { enum: "rng_algorithm", value: algorithm } },
    format: (op, nameOf) => `${name} ${nameOf(state)}, algorithm = ${algorithm} : ${signatureText(op)}`,
  });
  return [results[0] as Value, results[1] as Value];
}
