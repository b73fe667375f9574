/** Any: true if some value along axes is. */
import { logicalReduction } from "../lowering/reduction-kernel.ts";

export const any = logicalReduction("Any", "or");
