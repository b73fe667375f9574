/** Log1p: log(1 + x), exact near zero. */
import { log1p as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const log1p = floatUnary("Log1p", lower);
