/** Acos: arc cosine. */
import { acos as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const acos = floatUnary("Acos", lower);
