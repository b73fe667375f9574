/** Multiply: a * b. */
import { multiply as lower } from "@l3m/stablehlo";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const multiply = arithmetic("Multiply", lower);
