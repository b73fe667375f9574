/** FusedBatchNorm: (x - mean) / sqrt(variance + epsilon) * scale + offset. */
import { add, multiply, rsqrt, subtract } from "@l3m/stablehlo";
import { broadcastTo, fullLike } from "../lowering/broadcast.ts";
import { lowering, type Operand } from "../lowering/kernel.ts";

export const fusedBatchNorm = lowering<
  "x" | "mean" | "variance" | "scale" | "offset",
  { readonly varianceEpsilon: number }
>(
  "FusedBatchNorm",
  (
    {
      x,
      mean,
      variance,
      scale,
      offset,
    }: Partial<Record<"scale" | "offset", Operand>> & Record<"x" | "mean" | "variance", Operand>,
    { varianceEpsilon },
  ) => {
    const { shape } = x.value.type;
    const factor = rsqrt(add(variance.value, fullLike(variance.value, varianceEpsilon)));
    let value = multiply(subtract(x.value, broadcastTo(mean.value, shape)), broadcastTo(factor, shape));
    if (scale !== undefined) value = multiply(value, broadcastTo(scale.value, shape));
    if (offset !== undefined) value = add(value, broadcastTo(offset.value, shape));
    return { value, dtype: x.dtype };
  },
);
