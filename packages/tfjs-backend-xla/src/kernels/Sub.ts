/** Sub: a - b. */
import { subtract } from "@l3m/stablehlo";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const sub = arithmetic("Sub", subtract);
