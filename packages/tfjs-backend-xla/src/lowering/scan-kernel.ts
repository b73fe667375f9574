/** Cumulative sums and products by doubling: log2(n) shifted additions instead of n^2 window sums. */
import { pad, reshape, reverse, scalarType, slice, splat, type Value } from "@l3m/stablehlo";
import { normalizeAxis } from "./axes.ts";
import { toNumber } from "./broadcast.ts";
import { type KernelLowering, lowering } from "./kernel.ts";

interface ScanAttrs {
  readonly axis: number;
  /** Leaves out the element itself. */
  readonly exclusive: boolean;
  /** Scans from the end. */
  readonly reverse: boolean;
}

export function scan(kernelName: string, combine: (a: Value, b: Value) => Value, neutral: number): KernelLowering {
  return lowering<"x", ScanAttrs>(kernelName, ({ x }, attrs) => {
    const { shape } = x.value.type;
    if (shape.length === 0) return x;
    const axis = normalizeAxis(attrs.axis, shape.length);
    const extent = shape[axis] ?? 0;
    let value = toNumber(x.value);
    if (attrs.reverse) value = reverse(value, [axis]);
    if (attrs.exclusive) value = shift(value, axis, 1, neutral);
    for (let step = 1; step < extent; step *= 2) value = combine(value, shift(value, axis, step, neutral));
    if (attrs.reverse) value = reverse(value, [axis]);
    return { value: reshape(value, shape), dtype: x.dtype === "bool" ? "int32" : x.dtype };
  });
}

/** Moves elements `step` places up along `axis`; the first ones become `neutral`. */
function shift(x: Value, axis: number, step: number, neutral: number): Value {
  const { shape, element } = x.type;
  const kept = slice(
    x,
    shape.map(() => 0),
    shape.map((extent, i) => (i === axis ? Math.max(0, extent - step) : extent)),
  );
  const low = shape.map((extent, i) => (i === axis ? Math.min(step, extent) : 0));
  return pad(kept, splat(neutral, scalarType(element)), { low, high: shape.map(() => 0) });
}
