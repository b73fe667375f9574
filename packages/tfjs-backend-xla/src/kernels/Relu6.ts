/** Relu6: x clamped to [0, 6]. */
import { maximum, minimum } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { numericUnary } from "../lowering/elementwise-kernel.ts";

export const relu6 = numericUnary("Relu6", (x) => minimum(maximum(x, fullLike(x, 0)), fullLike(x, 6)));
