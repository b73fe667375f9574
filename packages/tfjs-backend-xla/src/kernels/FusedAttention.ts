/** FusedAttention: by cuDNN where it can, else of matrix products. */
import { type FusedAttentionAttrs } from "@l3m/tfjs-kernels";
import { attentionInputs } from "../lowering/attention.ts";
import { cudnnPlanOf } from "../lowering/attention-form.ts";
import { composedAttention } from "../lowering/composed-attention.ts";
import { cudnnAttention } from "../lowering/cudnn-attention.ts";
import { listLowering, type Operand } from "../lowering/kernel.ts";

export const fusedAttention = listLowering<FusedAttentionAttrs>("FusedAttention", (operands, attrs, backend) => {
  const [q, k, v, ...rest] = operands as [Operand, Operand, Operand, ...Operand[]];
  const inputs = attentionInputs([q, k, v], rest, attrs);
  const plan = cudnnPlanOf(inputs, attrs, backend);
  const { o, logsumexp } = plan === undefined ? composedAttention(inputs, attrs) : cudnnAttention(inputs, attrs, plan);
  return [
    { value: o, dtype: "float32" },
    { value: logsumexp, dtype: "float32" },
  ];
});
