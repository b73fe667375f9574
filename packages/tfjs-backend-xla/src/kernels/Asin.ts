/** Asin: arc sine. */
import { asin as lower } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const asin = floatUnary("Asin", lower);
