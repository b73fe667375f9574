/** SoftmaxCrossEntropyGrad: softmax minus target, times dy, in the format of the logits; elementwise given the logsumexp. */
import { add, convert, exp, multiply, select, splat, subtract } from "@l3m/stablehlo";
import { type SoftmaxCrossEntropyAttrs } from "@l3m/tfjs-kernels";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { alongClasses, isLabel, zeroIgnored } from "../lowering/label-of-row.ts";

export const softmaxCrossEntropyGrad = lowering<"logits" | "labels" | "logsumexp" | "dy", SoftmaxCrossEntropyAttrs>(
  "SoftmaxCrossEntropyGrad",
  ({ logits, labels, logsumexp, dy }, { ignoreIndex, labelSmoothing, zLoss }) => {
    const z_NV = convert(logits.value, "f32");
    const { shape } = z_NV.type;
    const lse_N = logsumexp.value;
    const p_NV = exp(subtract(z_NV, alongClasses(lse_N, shape)));
    const pull_N = add(fullLike(lse_N, 1), multiply(lse_N, fullLike(lse_N, 2 * zLoss)));
    const pull_NV = zLoss === 0 ? p_NV : multiply(p_NV, alongClasses(pull_N, shape));
    const elsewhere = labelSmoothing / (shape[1] ?? 1);
    const target_NV = select(
      isLabel(labels.value, shape),
      splat(1 - labelSmoothing + elsewhere, z_NV.type),
      splat(elsewhere, z_NV.type),
    );
    const dz_NV = multiply(subtract(pull_NV, target_NV), alongClasses(convert(dy.value, "f32"), shape));
    const value = convert(zeroIgnored(dz_NV, labels.value, ignoreIndex), logits.value.type.element);
    return { value, dtype: "float32" };
  },
);
