/** EluGrad: the gradient of Elu from its output y: dy for y >= 0, else dy * (y + 1). */
import { add, compare, multiply, select } from "@l3m/stablehlo";
import { fullLike, unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const eluGrad = lowering<"dy" | "y">("EluGrad", ({ dy, y }) => {
  const slope = select(
    compare("GE", y.value, fullLike(y.value, 0)),
    fullLike(y.value, 1),
    add(y.value, fullLike(y.value, 1)),
  );
  return { value: multiply(...unify(dy.value, slope)), dtype: "float32" };
});
