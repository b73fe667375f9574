/** Reciprocal: 1 / x. */
import { divide } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const reciprocal = floatUnary("Reciprocal", (x) => divide(fullLike(x, 1), x));
