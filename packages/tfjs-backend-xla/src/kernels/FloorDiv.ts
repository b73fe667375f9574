/** FloorDiv: floor(a / b) as int32. */
import { and, compare, convert, divide, floor, isFloat, remainder, select, subtract } from "@l3m/stablehlo";
import { broadcastPair, fullLike, toNumber, unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const floorDiv = lowering<"a" | "b">("FloorDiv", ({ a, b }) => {
  const [left, right] = broadcastPair(...unify(toNumber(a.value), toNumber(b.value)));
  if (isFloat(left.type.element)) return { value: convert(floor(divide(left, right)), "i32"), dtype: "int32" };
  const quotient = divide(left, right);
  const rest = remainder(left, right);
  const zero = fullLike(left, 0);
  const below = and(compare("NE", rest, zero), compare("NE", compare("LT", rest, zero), compare("LT", right, zero)));
  return { value: select(below, subtract(quotient, fullLike(left, 1)), quotient), dtype: "int32" };
});
