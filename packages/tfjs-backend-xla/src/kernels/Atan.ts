/** Atan: arc tangent. */
import { atan as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const atan = floatUnary("Atan", lower);
