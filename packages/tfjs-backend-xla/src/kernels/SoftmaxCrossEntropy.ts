/**
 * SoftmaxCrossEntropy: logsumexp minus the logit of the label, per row. The logits are widened inside reductions, so that no
 * f32 `[N, V]` has to be stored, and the label is picked by comparing, not by a gather.
 */
import { add, convert, divide, exp, log, multiply, reduce, select, splat, subtract, type Value } from "@l3m/stablehlo";
import { type SoftmaxCrossEntropyAttrs } from "@l3m/tfjs-kernels";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { alongClasses, isClass, isLabel, zeroIgnored } from "../lowering/label-of-row.ts";

export const softmaxCrossEntropy = lowering<"logits" | "labels", SoftmaxCrossEntropyAttrs>(
  "SoftmaxCrossEntropy",
  ({ logits, labels }, { ignoreIndex, labelSmoothing, zLoss }) => {
    const z_NV = convert(logits.value, "f32");
    const { shape } = z_NV.type;
    const peak_N = reduce(z_NV, { dims: [1], kind: "maximum" });
    const total_N = sum(exp(subtract(z_NV, alongClasses(peak_N, shape))));
    const lse_N = add(log(total_N), peak_N);
    const picked_N = sum(select(isLabel(labels.value, shape), z_NV, splat(0, z_NV.type)));
    const target_N = labelSmoothing === 0 ? picked_N : smooth(picked_N, z_NV, labelSmoothing);
    const plain_N = subtract(lse_N, target_N);
    const loss_N = zLoss === 0 ? plain_N : add(plain_N, times(multiply(lse_N, lse_N), zLoss));
    const known_N = select(isClass(labels.value, shape), loss_N, fullLike(loss_N, NaN));
    return [
      { value: zeroIgnored(known_N, labels.value, ignoreIndex), dtype: "float32" },
      { value: lse_N, dtype: "float32" },
    ];
  },
);

/** `(1 - e) z[label] + e mean(z)`. */
function smooth(picked_N: Value, z_NV: Value, e: number): Value {
  const mean_N = divide(sum(z_NV), fullLike(picked_N, z_NV.type.shape[1] ?? 1));
  return add(times(picked_N, 1 - e), times(mean_N, e));
}

function sum(x_NV: Value): Value {
  return reduce(x_NV, { dims: [1], kind: "add" });
}

function times(x: Value, factor: number): Value {
  return multiply(x, fullLike(x, factor));
}
