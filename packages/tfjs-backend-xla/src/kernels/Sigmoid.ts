/** Sigmoid: 1 / (1 + e^-x). */
import { logistic } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const sigmoid = floatUnary("Sigmoid", logistic);
