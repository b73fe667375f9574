/** Round: rounds to the nearest integer, ties to even. */
import { roundNearestEven } from "@l3m/stablehlo";
import { roundingUnary } from "../lowering/elementwise-kernel.ts";

export const round = roundingUnary("Round", roundNearestEven);
