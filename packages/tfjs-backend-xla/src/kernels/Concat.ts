/** Concat: tensors joined along an axis. */
import { concatenate, convert, sizeOf } from "@l3m/stablehlo";
import { elementOf } from "../backend/element.ts";
import { normalizeAxis } from "../lowering/axes.ts";
import { listLowering, type Operand } from "../lowering/kernel.ts";

export const concat = listLowering<{ readonly axis: number }>("Concat", (inputs, { axis }) => {
  const [first] = inputs as [Operand];
  const dim = normalizeAxis(axis, first.value.type.shape.length);
  const full = inputs.filter(({ value }) => sizeOf(value.type.shape) > 0);
  if (full.length === 0) return first;
  const elements = new Set(full.map(({ value }) => value.type.element));
  const values = full.map(({ value }) => (elements.size > 1 ? convert(value, elementOf(first.dtype)) : value));
  return { value: concatenate(values, dim), dtype: first.dtype };
});
