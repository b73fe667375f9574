/** Pow: a^b. */
import { power } from "@l3m/stablehlo";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const pow = arithmetic("Pow", power);
