/** Tan: tangent. */
import { tan as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const tan = floatUnary("Tan", lower);
