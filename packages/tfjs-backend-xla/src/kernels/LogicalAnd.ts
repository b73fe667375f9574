/** LogicalAnd: a and b. */
import { and } from "@l3m/stablehlo";
import { logical } from "../lowering/elementwise-kernel.ts";

export const logicalAnd = logical("LogicalAnd", and);
