/** Sum: the sum along axes. */
import { reduction } from "../lowering/reduction-kernel.ts";

export const sum = reduction("Sum", "add");
