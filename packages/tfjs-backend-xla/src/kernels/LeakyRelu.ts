/** LeakyRelu: alpha * x for x < 0. */
import { compare, multiply, select } from "@l3m/stablehlo";
import { fullLike, toFloat } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const leakyRelu = lowering<"x", { readonly alpha: number }>("LeakyRelu", ({ x }, { alpha }) => {
  const value = toFloat(x.value);
  return {
    value: select(compare("LT", value, fullLike(value, 0)), multiply(fullLike(value, alpha), value), value),
    dtype: "float32",
  };
});
