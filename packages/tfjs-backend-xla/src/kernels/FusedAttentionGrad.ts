/** FusedAttentionGrad: the gradients of q, k and v, in the form and the formats of the forward pass. */
import { convert } from "@l3m/stablehlo";
import { type FusedAttentionAttrs } from "@l3m/tfjs-kernels";
import { attentionInputs } from "../lowering/attention.ts";
import { cudnnPlanOf } from "../lowering/attention-form.ts";
import { composedAttentionGrad } from "../lowering/composed-attention.ts";
import { cudnnAttentionGrad } from "../lowering/cudnn-attention.ts";
import { listLowering, type Operand } from "../lowering/kernel.ts";

type Operands = [q: Operand, k: Operand, v: Operand, o: Operand, logsumexp: Operand, dy: Operand, ...rest: Operand[]];

export const fusedAttentionGrad = listLowering<FusedAttentionAttrs>(
  "FusedAttentionGrad",
  (operands, attrs, backend) => {
    const [q, k, v, o, logsumexp, dy, ...rest] = operands as Operands;
    const inputs = attentionInputs([q, k, v], rest, attrs);
    const { element } = inputs.q.type;
    const outputs = { o: convert(o.value, element), logsumexp: logsumexp.value };
    const gradient = convert(dy.value, element);
    const plan = cudnnPlanOf(inputs, attrs, backend);
    const { dq, dk, dv } =
      plan === undefined
        ? composedAttentionGrad(inputs, outputs, gradient, attrs)
        : cudnnAttentionGrad(inputs, outputs, gradient, attrs, plan);
    return [
      { value: convert(dq, q.value.type.element), dtype: "float32" },
      { value: convert(dk, k.value.type.element), dtype: "float32" },
      { value: convert(dv, v.value.type.element), dtype: "float32" },
    ];
  },
);
