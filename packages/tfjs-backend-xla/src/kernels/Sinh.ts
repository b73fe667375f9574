/** Sinh: hyperbolic sine. */
import { sinh as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const sinh = floatUnary("Sinh", lower);
