/** MaxPoolGrad: dy goes to the first largest element of its window. */
import { selectAndScatter } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";
import { type PoolAttrs, poolInfo, poolWindow } from "../lowering/pooling.ts";

export const maxPoolGrad = lowering<"dy" | "input" | "output", PoolAttrs>("MaxPoolGrad", ({ dy, input }, attrs) => {
  const { size, strides, padding } = poolWindow(poolInfo(input.value.type.shape, attrs));
  return { value: selectAndScatter(input.value, dy.value, { size, strides, padding }), dtype: input.dtype };
});
