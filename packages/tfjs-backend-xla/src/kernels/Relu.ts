/** Relu: max(x, 0). */
import { maximum } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { numericUnary } from "../lowering/elementwise-kernel.ts";

export const relu = numericUnary("Relu", (x) => maximum(x, fullLike(x, 0)));
