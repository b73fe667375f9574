/** Elu: x for x >= 0, else e^x - 1. */
import { compare, expm1, select } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const elu = floatUnary("Elu", (x) => select(compare("GE", x, fullLike(x, 0)), x, expm1(x)));
