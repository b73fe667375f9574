/** Tanh: hyperbolic tangent. */
import { tanh as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const tanh = floatUnary("Tanh", lower);
