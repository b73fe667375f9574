/** Pack: tensors stacked along a new axis. */
import { concatenate, convert, reshape } from "@l3m/stablehlo";
import { elementOf } from "../backend/element.ts";
import { normalizeAxis } from "../lowering/axes.ts";
import { listLowering, type Operand } from "../lowering/kernel.ts";

export const pack = listLowering<{ readonly axis: number }>("Pack", (inputs, { axis }) => {
  const [first] = inputs as [Operand];
  const { shape } = first.value.type;
  const dim = normalizeAxis(axis, shape.length + 1);
  const elements = new Set(inputs.map(({ value }) => value.type.element));
  const rows = inputs.map(({ value }) =>
    reshape(elements.size > 1 ? convert(value, elementOf(first.dtype)) : value, shape.toSpliced(dim, 0, 1)),
  );
  return { value: concatenate(rows, dim), dtype: first.dtype };
});
