/** Sums and means along the last axes and across rows, for norms. Everything is f32. */
import { add, divide, reduce, reduceVariadic, scalarType, sizeOf, splat, type Value } from "@l3m/stablehlo";
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

/** The sums of several values of one shape over all but the last `count` axes, in one pass. */
export function columnSums(values: readonly Value[], count: number): readonly Value[] {
  const rank = values[0]?.type.shape.length ?? count;
  const dims = Array.from({ length: rank - count }, (_, axis) => axis);
  if (values.length === 0 || dims.length === 0) return values;
  return reduceVariadic(values, {
    dims,
    inits: values.map(() => splat(0, scalarType("f32"))),
    body: (sums, terms) => sums.map((sum, i) => add(sum, terms[i] as Value)),
  });
}
