/** Sums and means along the last axes and across rows, for norms. Everything is f32. */
import { divide, reduce, sizeOf, type Value } from "@l3m/stablehlo";
import { restoreAxes } from "./axes.ts";
import { broadcastTo, fullLike } from "./broadcast.ts";

/** The mean over the last `count` axes, which stay as extents of 1. */
export function rowMean(x: Value, count: number): Value {
  const { shape } = x.type;
  const axes = shape.map((_, axis) => axis).slice(shape.length - count);
  const total = restoreAxes(reduce(x, { dims: axes, kind: "add" }), shape, axes, true);
  return divide(total, fullLike(total, sizeOf(axes.map((axis) => shape[axis] ?? 1))));
}

/** A value with extents of 1 in the shape of `x`. */
export function alongRow(statistic: Value, x: Value): Value {
  return broadcastTo(statistic, x.type.shape);
}

/** The sum over all but the last `count` axes. */
export function columnSum(x: Value, count: number): Value {
  const dims = x.type.shape.map((_, axis) => axis).slice(0, x.type.shape.length - count);
  return reduce(x, { dims, kind: "add" });
}
