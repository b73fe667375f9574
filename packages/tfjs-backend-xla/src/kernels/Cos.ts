/** Cos: cosine. */
import { cosine } from "@l3m/stablehlo";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const cos = floatUnary("Cos", cosine);
