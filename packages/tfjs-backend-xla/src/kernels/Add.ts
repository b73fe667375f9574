/** Add: a + b. */
import { add as lower } from "@l3m/stablehlo";
import { arithmetic } from "../lowering/elementwise-kernel.ts";

export const add = arithmetic("Add", lower);
