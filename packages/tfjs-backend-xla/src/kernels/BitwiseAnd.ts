/** BitwiseAnd: the bits set in both integers. */
import { and } from "@l3m/stablehlo";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const bitwiseAnd = arithmetic("BitwiseAnd", and);
