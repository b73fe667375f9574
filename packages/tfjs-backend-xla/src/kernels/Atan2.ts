/** Atan2: the angle of the point (b, a). */
import { atan2 as lower } from "@l3m/stablehlo";
import { broadcastPair, toFloat, unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const atan2 = lowering<"a" | "b">("Atan2", ({ a, b }) => ({
  value: lower(...broadcastPair(...unify(toFloat(a.value), toFloat(b.value)))),
  dtype: "float32",
}));
