/** ZerosLike: zeros of the type of x. */
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const zerosLike = lowering<"x">("ZerosLike", ({ x }) => ({ value: fullLike(x.value, 0), dtype: x.dtype }));
