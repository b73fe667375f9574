/** Expm1: e^x - 1, exact near zero. */
import { expm1 as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const expm1 = floatUnary("Expm1", lower);
