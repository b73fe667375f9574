/** ArgMax and ArgMin: the first position of the extreme value. */
import { and, compare, iota, or, reduceVariadic, scalarType, select, splat, type Value } from "@l3m/stablehlo";
import { normalizeAxis } from "./axes.ts";
import { toFloat } from "./broadcast.ts";
import { type KernelLowering, lowering } from "./kernel.ts";

/** `better` says which of two values wins; equal values leave the smaller index. NaN never wins over a number. */
export function argExtreme(kernelName: string, better: "GT" | "LT"): KernelLowering {
  return lowering<"x", { readonly axis: number | readonly number[] }>(kernelName, ({ x }, { axis }) => {
    const values = toFloat(x.value);
    const dim = normalizeAxis(typeof axis === "number" ? axis : (axis[0] ?? 0), values.type.shape.length);
    const indices = iota({ shape: values.type.shape, element: "i32" }, dim);
    const worst = splat(better === "GT" ? -Infinity : Infinity, scalarType(values.type.element));
    const last = splat(values.type.shape[dim] === undefined ? 0 : 2147483647, scalarType("i32"));
    const [, winner] = reduceVariadic([values, indices], {
      dims: [dim],
      inits: [worst, last],
      body: (left, right) => {
        const [a, i] = left as [Value, Value];
        const [b, j] = right as [Value, Value];
        const first = or(compare(better, a, b), and(compare("EQ", a, b), compare("LT", i, j)));
        return [select(first, a, b), select(first, i, j)];
      },
    });
    return { value: winner as Value, dtype: "int32" };
  });
}
