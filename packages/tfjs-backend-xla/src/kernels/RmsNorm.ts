/** RmsNorm: x / sqrt(mean(x^2) + eps), rounded to the format of x, times the weight; 1 / root mean square. */
import { add, convert, multiply, rsqrt } from "@l3m/stablehlo";
import { type RmsNormAttrs } from "@l3m/tfjs-kernels";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { alongRow, rowMean } from "../lowering/row-statistics.ts";

export const rmsNorm = lowering<"x" | "weight", RmsNormAttrs>("RmsNorm", (inputs, { eps }) => {
  const { element } = inputs.x.value.type;
  const x = convert(inputs.x.value, "f32");
  const meanSquare = rowMean(multiply(x, x), 1);
  const rstd = rsqrt(add(meanSquare, fullLike(meanSquare, eps)));
  const unit = convert(convert(multiply(x, alongRow(rstd, x)), element), "f32");
  const y = multiply(unit, alongRow(convert(inputs.weight.value, "f32"), x));
  return [
    { value: convert(y, element), dtype: "float32" },
    { value: rstd, dtype: "float32" },
  ];
});
