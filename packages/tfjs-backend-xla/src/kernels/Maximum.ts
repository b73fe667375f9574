/** Maximum: the larger of a and b; NaN wins. */
import { maximum as lower } from "@l3m/stablehlo";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const maximum = arithmetic("Maximum", lower);
