/** IsNan: true where x is not a number. */
import { compare } from "@l3m/stablehlo";
import { floatTest } from "../lowering/elementwise-kernel.ts";

export const isNan = floatTest("IsNan", (x) => compare("NE", x, x));
