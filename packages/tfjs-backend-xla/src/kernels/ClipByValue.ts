/** ClipByValue: x between two bounds. */
import { clamp, isFloat, scalarType, splat } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";

export const clipByValue = lowering<"x", { readonly clipValueMin: number; readonly clipValueMax: number }>(
  "ClipByValue",
  ({ x }, { clipValueMin, clipValueMax }) => {
    const { element } = x.value.type;
    const bound = (value: number) => splat(isFloat(element) ? value : Math.trunc(value), scalarType(element));
    return { value: clamp(bound(clipValueMin), x.value, bound(clipValueMax)), dtype: x.dtype };
  },
);
