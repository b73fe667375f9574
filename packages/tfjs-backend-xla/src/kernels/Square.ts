/** Square: x * x. */
import { multiply } from "@l3m/stablehlo";
import { numericUnary } from "../lowering/elementwise-kernel.ts";

export const square = numericUnary("Square", (x) => multiply(x, x));
