/** Max: the largest value along axes. */
import { reduction } from "../lowering/reduction-kernel.ts";

export const max = reduction("Max", "maximum");
