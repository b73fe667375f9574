/** Min: the smallest value along axes. */
import { reduction } from "../lowering/reduction-kernel.ts";

export const min = reduction("Min", "minimum");
