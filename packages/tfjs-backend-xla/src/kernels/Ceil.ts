/** Ceil: rounds up. */
import { ceil as lower } from "@l3m/stablehlo";
import { roundingUnary } from "../lowering/elementwise-kernel.ts";

export const ceil = roundingUnary("Ceil", lower);
