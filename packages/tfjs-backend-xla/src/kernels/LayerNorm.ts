/** LayerNorm: (x - mean) / sqrt(variance + eps), times the weight, plus the bias; mean and 1 / standard deviation. */
import { add, convert, multiply, rsqrt, subtract } from "@l3m/stablehlo";
import { type LayerNormAttrs } from "@l3m/tfjs-kernels";
import { fullLike } from "../lowering/broadcast.ts";
import { listLowering, type Operand } from "../lowering/kernel.ts";
import { alongRow, rowMean } from "../lowering/row-statistics.ts";

export const layerNorm = listLowering<LayerNormAttrs>("LayerNorm", (operands, { eps, axes, affine }) => {
  const [input, ...parameters] = operands as [Operand, ...Operand[]];
  const x = convert(input.value, "f32");
  const mean = rowMean(x, axes);
  const centred = subtract(x, alongRow(mean, x));
  const variance = rowMean(multiply(centred, centred), axes);
  const rstd = rsqrt(add(variance, fullLike(variance, eps)));
  const y = parameters.reduce(
    (value, parameter, i) => {
      const shared = alongRow(convert(parameter.value, "f32"), x);
      return affine[i] === "weight" ? multiply(value, shared) : add(value, shared);
    },
    multiply(centred, alongRow(rstd, x)),
  );
  return [
    { value: convert(y, input.value.type.element), dtype: "float32" },
    { value: mean, dtype: "float32" },
    { value: rstd, dtype: "float32" },
  ];
});
