/** Transpose: reordered axes. */
import { transpose as lower } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";

export const transpose = lowering<"x", { readonly perm: readonly number[] }>("Transpose", ({ x }, { perm }) => ({
  value: lower(x.value, perm),
  dtype: x.dtype,
}));
