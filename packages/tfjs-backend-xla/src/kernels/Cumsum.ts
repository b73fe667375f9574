/** Cumsum: running sums along an axis. */
import { add } from "@l3m/stablehlo";
import { scan } from "../lowering/scan-kernel.ts";

export const cumsum = scan("Cumsum", add, 0);
