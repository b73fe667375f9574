/** Floor: rounds down. */
import { floor as lower } from "@l3m/stablehlo";
import { roundingUnary } from "../lowering/elementwise-kernel.ts";

export const floor = roundingUnary("Floor", lower);
