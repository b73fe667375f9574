/** LogicalOr: a or b. */
import { or } from "@l3m/stablehlo";
import { logical } from "../lowering/elementwise-kernel.ts";

export const logicalOr = logical("LogicalOr", or);
