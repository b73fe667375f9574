/** Asinh: inverse hyperbolic sine. */
import { asinh as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const asinh = floatUnary("Asinh", lower);
