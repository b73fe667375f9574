/** BatchMatMul: matrix products over broadcast batches, each side optionally transposed. */
import { lowering } from "../lowering/kernel.ts";
import { matMul } from "../lowering/mat-mul.ts";

export const batchMatMul = lowering<"a" | "b", { readonly transposeA: boolean; readonly transposeB: boolean }>(
  "BatchMatMul",
  ({ a, b }, { transposeA, transposeB }) => ({
    value: matMul(a.value, b.value, transposeA, transposeB),
    dtype: a.dtype,
  }),
);
