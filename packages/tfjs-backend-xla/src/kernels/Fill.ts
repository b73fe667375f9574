/** Fill: one value everywhere. */
import { splat } from "@l3m/stablehlo";
import { type DataType, util } from "@tensorflow/tfjs-core";
import { elementOf } from "../backend/element.ts";
import { lowering } from "../lowering/kernel.ts";

export const fill = lowering<
  never,
  { readonly shape: readonly number[]; readonly value: number | string; readonly dtype?: DataType }
>("Fill", (_inputs, { shape, value, dtype }) => {
  const type = dtype ?? util.inferDtype(value);
  const number = Number(value);
  return {
    value: splat(type === "int32" ? Math.trunc(number) : number, { shape: [...shape], element: elementOf(type) }),
    dtype: type,
  };
});
