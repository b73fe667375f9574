/** RmsNormGrad: the gradient of x in its format, that of the weight in f32. */
import { convert, multiply, subtract } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";
import { alongRow, columnSum, rowMean } from "../lowering/row-statistics.ts";

export const rmsNormGrad = lowering<"x" | "weight" | "rstd" | "dy">("RmsNormGrad", (inputs) => {
  const x = convert(inputs.x.value, "f32");
  const dy = convert(inputs.dy.value, "f32");
  const rstd = alongRow(inputs.rstd.value, x);
  const unit = multiply(x, rstd);
  const dUnit = multiply(dy, alongRow(convert(inputs.weight.value, "f32"), x));
  const along = multiply(unit, alongRow(rowMean(multiply(dUnit, unit), 1), x));
  return [
    { value: convert(multiply(subtract(dUnit, along), rstd), inputs.x.value.type.element), dtype: "float32" },
    { value: columnSum(multiply(dy, unit), 1), dtype: "float32" },
  ];
});
