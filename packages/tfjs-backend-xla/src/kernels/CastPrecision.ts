/** CastPrecision: the physical format of a float. */
import { convert } from "@l3m/stablehlo";
import { type CastPrecisionAttrs } from "@l3m/tfjs-kernels";
import { lowering } from "../lowering/kernel.ts";

export const castPrecision = lowering<"x", CastPrecisionAttrs>("CastPrecision", ({ x }, { to }) => ({
  value: convert(x.value, to),
  dtype: "float32",
}));
