/** Neg: -x. */
import { negate } from "@l3m/stablehlo";
import { numericUnary } from "../lowering/elementwise-kernel.ts";

export const neg = numericUnary("Neg", negate);
