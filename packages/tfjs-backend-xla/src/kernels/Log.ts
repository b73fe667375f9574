/** Log: natural logarithm. */
import { log as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const log = floatUnary("Log", lower);
