/** Iota: every element's index along an axis. */
import { iota as lower } from "@l3m/stablehlo";
import { type IotaAttrs } from "@l3m/tfjs-kernels";
import { lowering } from "../lowering/kernel.ts";

export const iota = lowering<never, IotaAttrs>("Iota", (_inputs, { shape, axis }) => ({
  value: lower({ shape: [...shape], element: "i32" }, axis),
  dtype: "int32",
}));
