/** Exp: e^x. */
import { exp as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const exp = floatUnary("Exp", lower);
