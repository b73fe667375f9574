/** LayerNormGrad: the gradient of x in its format, those of weight and bias in f32. */
import { convert, multiply, subtract } from "@l3m/stablehlo";
import { type LayerNormAttrs } from "@l3m/tfjs-kernels";
import { listLowering, type Operand } from "../lowering/kernel.ts";
import { alongRow, columnSum, rowMean } from "../lowering/row-statistics.ts";

type Operands = [x: Operand, mean: Operand, rstd: Operand, dy: Operand, weight?: Operand];

export const layerNormGrad = listLowering<LayerNormAttrs>("LayerNormGrad", (operands, { axes, affine }) => {
  const [input, mean, inverse, dOutput, weight] = operands as Operands;
  const x = convert(input.value, "f32");
  const dy = convert(dOutput.value, "f32");
  const rstd = alongRow(inverse.value, x);
  const unit = multiply(subtract(x, alongRow(mean.value, x)), rstd);
  const dUnit = weight === undefined ? dy : multiply(dy, alongRow(convert(weight.value, "f32"), x));
  const along = multiply(unit, alongRow(rowMean(multiply(dUnit, unit), axes), x));
  const dx = multiply(subtract(subtract(dUnit, alongRow(rowMean(dUnit, axes), x)), along), rstd);
  const terms = affine.map((name) => (name === "weight" ? multiply(dy, unit) : dy));
  return [
    { value: convert(dx, input.value.type.element), dtype: "float32" },
    ...terms.map((term): Operand => ({ value: columnSum(term, axes), dtype: "float32" })),
  ];
});
