/** MaxPool: the largest value of every window. */
import { reduceWindow } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";
import { type PoolAttrs, poolInfo, poolWindow } from "../lowering/pooling.ts";

export const maxPool = lowering<"x", PoolAttrs>("MaxPool", ({ x }, attrs) => {
  const info = poolInfo(x.value.type.shape, attrs);
  return { value: reduceWindow(x.value, { kind: "maximum", ...poolWindow(info) }), dtype: x.dtype };
});
