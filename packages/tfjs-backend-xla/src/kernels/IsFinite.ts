/** IsFinite: true where x is neither infinite nor NaN. */
import { isFinite as lower } from "@l3m/stablehlo";
import { floatTest } from "../lowering/elementwise-kernel.ts";

export const isFinite = floatTest("IsFinite", lower);
