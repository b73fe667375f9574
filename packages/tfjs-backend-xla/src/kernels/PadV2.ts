/** PadV2: x surrounded by a constant. */
import { pad, scalarType, splat } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";

export const padV2 = lowering<
  "x",
  { readonly paddings: readonly (readonly [number, number])[]; readonly constantValue: number }
>("PadV2", ({ x }, { paddings, constantValue }) => ({
  value: pad(x.value, splat(constantValue, scalarType(x.value.type.element)), {
    low: paddings.map(([low]) => low),
    high: paddings.map(([, high]) => high),
  }),
  dtype: x.dtype,
}));
