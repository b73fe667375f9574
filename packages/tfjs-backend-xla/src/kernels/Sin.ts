/** Sin: sine. */
import { sine } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const sin = floatUnary("Sin", sine);
