/** Prelu: alpha * x for x < 0, with learned alpha. */
import { compare, multiply, select } from "@l3m/stablehlo";
import { broadcastPair, fullLike, unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const prelu = lowering<"x" | "alpha">("Prelu", ({ x, alpha }) => {
  const [value, slope] = broadcastPair(...unify(x.value, alpha.value));
  return { value: select(compare("LT", value, fullLike(value, 0)), multiply(slope, value), value), dtype: "float32" };
});
