/** Minimum: the smaller of a and b; NaN wins. */
import { minimum as lower } from "@l3m/stablehlo";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const minimum = arithmetic("Minimum", lower);
