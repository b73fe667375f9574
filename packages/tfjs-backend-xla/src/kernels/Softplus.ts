/** Softplus: log(1 + e^x), without overflow. */
import { abs, add, exp, log1p, maximum, negate } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const softplus = floatUnary("Softplus", (x) => add(maximum(x, fullLike(x, 0)), log1p(exp(negate(abs(x))))));
