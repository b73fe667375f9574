/** IsInf: true where x is infinite. */
import { abs, compare } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { floatTest } from "../lowering/elementwise-kernel.ts";

export const isInf = floatTest("IsInf", (x) => compare("EQ", abs(x), fullLike(x, Infinity)));
