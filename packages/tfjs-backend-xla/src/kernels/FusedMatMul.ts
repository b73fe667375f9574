/** _FusedMatMul: a matrix product with bias and activation; XLA fuses what is separate here. */
import { lowering } from "../lowering/kernel.ts";
import { biasAndActivation, type FusedAttrs } from "../lowering/fused-activation.ts";
import { matMul } from "../lowering/mat-mul.ts";

export const fusedMatMul = lowering<"a" | "b" | "bias" | "preluActivationWeights", FusedAttrs>(
  "_FusedMatMul",
  ({ a, b, bias, preluActivationWeights }, attrs) => {
    const product = matMul(a.value, b.value, attrs.transposeA, attrs.transposeB);
    return { value: biasAndActivation(product, bias, attrs, preluActivationWeights), dtype: a.dtype };
  },
);
