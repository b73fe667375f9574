/** Rsqrt: 1 / sqrt(x). */
import { rsqrt as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const rsqrt = floatUnary("Rsqrt", lower);
