/** Axes as tfjs gives them. */
import { reshape, type Value } from "@l3m/stablehlo";

/** Non-negative axes; all of them when none is given. */
export function normalizeAxes(axis: number | readonly number[] | null | undefined, rank: number): readonly number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, i) => i);
  const list = typeof axis === "number" ? [axis] : axis;
  return list.map((a) => normalizeAxis(a, rank));
}

export function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** A reduced value with its reduced axes put back as extents of 1 if asked. */
export function restoreAxes(
  reduced: Value,
  shape: readonly number[],
  axes: readonly number[],
  keepDims: boolean | undefined,
): Value {
  return keepDims === true
    ? reshape(
        reduced,
        shape.map((extent, i) => (axes.includes(i) ? 1 : extent)),
      )
    : reduced;
}
