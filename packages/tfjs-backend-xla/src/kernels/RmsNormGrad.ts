/** RmsNormGrad: the gradient of x in its format, that of the weight in f32. */
import { convert, multiply, reduce, subtract } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";
import { alongRow, rowMean } from "../lowering/row-statistics.ts";

export const rmsNormGrad = lowering<"x" | "weight" | "rstd" | "dy">("RmsNormGrad", (inputs) => {
  const x = convert(inputs.x.value, "f32");
  const dy = convert(inputs.dy.value, "f32");
  const rstd = alongRow(inputs.rstd.value, x);
  const unit = multiply(x, rstd);
  const dUnit = multiply(dy, alongRow(convert(inputs.weight.value, "f32"), x));
  const along = multiply(unit, alongRow(rowMean(multiply(dUnit, unit), 1), x));
  const rows = x.type.shape.slice(1).map((_, axis) => axis);
  return [
    { value: convert(multiply(subtract(dUnit, along), rstd), inputs.x.value.type.element), dtype: "float32" },
    { value: reduce(multiply(dy, unit), { dims: rows, kind: "add" }), dtype: "float32" },
  ];
});
