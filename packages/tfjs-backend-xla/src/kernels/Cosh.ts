/** Cosh: hyperbolic cosine. */
import { cosh as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const cosh = floatUnary("Cosh", lower);
