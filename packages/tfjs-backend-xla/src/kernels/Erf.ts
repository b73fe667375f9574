/** Erf: error function. */
import { erf as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const erf = floatUnary("Erf", lower);
