/** Sqrt: square root. */
import { sqrt as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const sqrt = floatUnary("Sqrt", lower);
