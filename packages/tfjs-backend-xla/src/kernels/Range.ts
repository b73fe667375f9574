/** Range: start, start + step, ... below stop. */
import { add, iota, multiply } from "@l3m/stablehlo";
import { elementOf } from "../backend/element.ts";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const range = lowering<
  never,
  { readonly start: number; readonly stop: number; readonly step: number; readonly dtype: "float32" | "int32" }
>("Range", (_inputs, { start, stop, step, dtype }) => {
  const count = step === 0 ? 0 : Math.max(0, Math.ceil((stop - start) / step));
  const element = elementOf(dtype);
  const index = iota({ shape: [count], element }, 0);
  const integer = (value: number) => (dtype === "int32" ? Math.trunc(value) : value);
  return { value: add(fullLike(index, integer(start)), multiply(index, fullLike(index, integer(step)))), dtype };
});
