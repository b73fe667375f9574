/** Applies the autocast classes of @l3m/tfjs-kernels to the operands of a kernel before it is lowered. */
import { convert, isFloat } from "@l3m/stablehlo";
import { autocastClass } from "@l3m/tfjs-kernels";
import { type Operand } from "./kernel.ts";

/** The operands by input name, in the format that the kernel computes in. */
export function autocast(kernelName: string, operands: Record<string, Operand>): Record<string, Operand> {
  const autocastTo = autocastClass(kernelName);
  if (autocastTo === "follow") return operands;
  if (autocastTo === "f32") return mapFloats(operands, () => "f32");
  const names = new Set(autocastTo === "compute" ? Object.keys(operands) : autocastTo.compute);
  const narrow = [...names].some((name) => operands[name]?.value.type.element === "bf16");
  return narrow ? mapFloats(operands, (name) => (names.has(name) ? "bf16" : undefined)) : operands;
}

function mapFloats(
  operands: Record<string, Operand>,
  target: (name: string) => "f32" | "bf16" | undefined,
): Record<string, Operand> {
  return Object.fromEntries(
    Object.entries(operands).map(([name, { value, dtype }]) => {
      const element = isFloat(value.type.element) ? target(name) : undefined;
      return [name, { value: element === undefined ? value : convert(value, element), dtype }];
    }),
  );
}
