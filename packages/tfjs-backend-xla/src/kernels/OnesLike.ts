/** OnesLike: ones of the type of x. */
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const onesLike = lowering<"x">("OnesLike", ({ x }) => ({ value: fullLike(x.value, 1), dtype: x.dtype }));
