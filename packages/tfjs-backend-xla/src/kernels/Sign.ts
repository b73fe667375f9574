/** Sign: -1, 0 or 1; 0 for NaN. */
import { compare, select, sign as lower } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { numericUnary } from "../lowering/elementwise-kernel.ts";

export const sign = numericUnary("Sign", (x) => select(compare("EQ", x, x), lower(x), fullLike(x, 0)));
