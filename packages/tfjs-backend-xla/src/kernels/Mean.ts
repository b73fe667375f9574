/** Mean: the average along axes, float32. */
import { divide, sizeOf } from "@l3m/stablehlo";
import { normalizeAxes, restoreAxes } from "../lowering/axes.ts";
import { fullLike, toFloat } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { reduceWide, type ReductionAttrs } from "../lowering/reduction-kernel.ts";

export const mean = lowering<"x", ReductionAttrs>("Mean", ({ x }, attrs) => {
  const value = toFloat(x.value);
  const { shape } = value.type;
  const axes = normalizeAxes(attrs.axis ?? attrs.reductionIndices, shape.length);
  const total = reduceWide(value, axes, "add");
  const count = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  return { value: restoreAxes(divide(total, fullLike(total, count)), shape, axes, attrs.keepDims), dtype: "float32" };
});
