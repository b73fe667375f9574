/** All: true if all values along axes are. */
import { logicalReduction } from "../lowering/reduction-kernel.ts";

export const all = logicalReduction("All", "and");
