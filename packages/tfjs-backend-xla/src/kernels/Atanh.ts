/** Atanh: inverse hyperbolic tangent. */
import { atanh as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const atanh = floatUnary("Atanh", lower);
