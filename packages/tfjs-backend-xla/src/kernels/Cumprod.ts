/** Cumprod: running products along an axis. */
import { multiply } from "@l3m/stablehlo";
import { scan } from "../lowering/scan-kernel.ts";

export const cumprod = scan("Cumprod", multiply, 1);
