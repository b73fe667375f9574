/** Prod: the product along axes. */
import { reduction } from "../lowering/reduction-kernel.ts";

export const prod = reduction("Prod", "multiply");
