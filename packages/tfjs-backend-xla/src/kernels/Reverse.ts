/** Reverse: the order along axes turned round. */
import { reverse as lower } from "@l3m/stablehlo";
import { normalizeAxes } from "../lowering/axes.ts";
import { lowering } from "../lowering/kernel.ts";

export const reverse = lowering<"x", { readonly dims: readonly number[] }>("Reverse", ({ x }, { dims }) => ({
  value: lower(x.value, normalizeAxes(dims, x.value.type.shape.length)),
  dtype: x.dtype,
}));
