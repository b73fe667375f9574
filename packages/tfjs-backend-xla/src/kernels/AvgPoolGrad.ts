/** AvgPoolGrad: dy spread evenly over the windows, as TensorFlow.js does: by the full window size. */
import { divide, pad, reduceWindow, scalarType, splat } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { type PoolAttrs, poolInfo, poolWindow } from "../lowering/pooling.ts";

export const avgPoolGrad = lowering<"dy" | "input", PoolAttrs>("AvgPoolGrad", ({ dy, input }, attrs) => {
  const { shape } = input.value.type;
  const info = poolInfo(shape, attrs);
  const { size, strides, padding } = poolWindow(info);
  const share = divide(dy.value, fullLike(dy.value, info.filterHeight * info.filterWidth));
  const low = padding.map(([before], i) => (size[i] ?? 1) - 1 - before);
  const spread = dy.value.type.shape.map((extent, i) => (extent - 1) * (strides[i] ?? 1) + 1);
  const high = shape.map((extent, i) => extent + (size[i] ?? 1) - 1 - (low[i] ?? 0) - (spread[i] ?? 0));
  const padded = pad(share, splat(0, scalarType(share.type.element)), {
    low,
    high,
    interior: strides.map((stride) => stride - 1),
  });
  return { value: reduceWindow(padded, { kind: "add", size }), dtype: "float32" };
});
