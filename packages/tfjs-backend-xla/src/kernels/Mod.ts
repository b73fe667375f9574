/** Mod: the remainder with the sign of b. */
import { add, and, compare, remainder, select } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const mod = arithmetic("Mod", (a, b) => {
  const rest = remainder(a, b);
  const zero = fullLike(a, 0);
  const opposite = and(compare("NE", rest, zero), compare("NE", compare("LT", rest, zero), compare("LT", b, zero)));
  return select(opposite, add(rest, b), rest);
});
