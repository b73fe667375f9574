/** Acosh: inverse hyperbolic cosine. */
import { acosh as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const acosh = floatUnary("Acosh", lower);
