/** Abs: absolute value. */
import { abs as lower } from "@l3m/stablehlo";
import { numericUnary } from "../lowering/elementwise-kernel.ts";

export const abs = numericUnary("Abs", lower);
