/** AvgPool: the mean of every window, counting only what lies inside the image. */
import { divide, reduceWindow } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { type PoolAttrs, poolInfo, poolWindow } from "../lowering/pooling.ts";

export const avgPool = lowering<"x", PoolAttrs>("AvgPool", ({ x }, attrs) => {
  const window = poolWindow(poolInfo(x.value.type.shape, attrs));
  const total = reduceWindow(x.value, { kind: "add", ...window });
  const count = reduceWindow(fullLike(x.value, 1), { kind: "add", ...window });
  return { value: divide(total, count), dtype: "float32" };
});
