/** Step: 1 for x > 0, else alpha; NaN stays. */
import { compare, convert, isFloat, select } from "@l3m/stablehlo";
import { fullLike, toNumber } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const step = lowering<"x", { readonly alpha: number }>("Step", ({ x }, { alpha }) => {
  const value = toNumber(x.value);
  const stepped = select(
    compare("GT", value, fullLike(value, 0)),
    fullLike(value, 1),
    fullLike(value, isFloat(value.type.element) ? alpha : Math.trunc(alpha)),
  );
  const result = isFloat(value.type.element) ? select(compare("EQ", value, value), stepped, value) : stepped;
  return { value: convert(result, x.value.type.element), dtype: x.dtype };
});
