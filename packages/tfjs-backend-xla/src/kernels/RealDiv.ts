/** RealDiv: a / b of floats. */
import { divide } from "@l3m/stablehlo";
import { broadcastPair, toFloat, unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const realDiv = lowering<"a" | "b">("RealDiv", ({ a, b }) => ({
  value: divide(...broadcastPair(...unify(toFloat(a.value), toFloat(b.value)))),
  dtype: "float32",
}));
