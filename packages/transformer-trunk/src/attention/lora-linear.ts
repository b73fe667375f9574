/**
 * Low-rank adaptation of a linear layer whose rows are P parts of equal size, of which some are adapted. r rank, n adapted parts,
 * in and out widths, D = out / P.
 */
import * as tf from "@l3m/core/tf";
import { castPrecision, linear, type LinearOptions, physicalDtype } from "@l3m/core/nn";
import { type BuildContext, ZEROS } from "@l3m/core";

/**
 * `x W^T + b + (x A_i^T B_i^T for every adapted part i, 0 for the others) / r` (Hu et al. 2021, with alpha = 1; the layers and names
 * of loralib). `weight` is frozen; `lora_A [r n, in]` starts as a linear layer does and `lora_B [D n, r]` at 0, so that the layer
 * starts as the frozen one. The product `B A` is never made.
 */
export function loraLinearParams(
  context: BuildContext,
  name: string,
  options: LinearOptions & { readonly rank: number; readonly adapted: readonly boolean[] },
): (x: tf.Tensor) => tf.Tensor {
  const { in: width, out, rank: r, adapted, axes: [outAxis, inAxis] = ["", ""] } = options;
  const scope = context.scope(name);
  const fallback = { kind: "linear-default", fan_in: width } as const;
  const part = out / adapted.length;
  const n = adapted.filter(Boolean).length;
  const weight = scope.param("weight", [out, width], {
    init: fallback,
    role: "linear.weight",
    axes: [outAxis, inAxis],
    trainable: false,
  });
  const bias =
    options.bias === false
      ? undefined
      : scope.param("bias", [out], { init: fallback, role: "linear.bias", axes: [outAxis] });
  const down = scope.param("lora_A", [r * n, width], { init: fallback, axes: ["lora", inAxis] });
  const up = scope.param("lora_B", [part * n, r], { init: ZEROS, axes: [outAxis, "lora"] });
  return (x) => {
    const codes = tf.split(linear(x, down.value), n, x.rank - 1);
    const ups = tf.split(up.value, n);
    const changes = codes.map((code, i) => linear(code, ups[i] as tf.Tensor));
    const change = n === adapted.length ? tf.concat(changes, x.rank - 1) : spread(changes, adapted);
    return tf.add(linear(x, weight.value, bias?.value), tf.mul(change, 1 / r));
  };
}

/** Puts the changes `[..., D]` of the adapted parts in their places and zeros into the others: `[..., D P]`. */
function spread(changes: readonly tf.Tensor[], adapted: readonly boolean[]): tf.Tensor {
  const [first] = changes as [tf.Tensor];
  const none = castPrecision(tf.fill(first.shape, 0), physicalDtype(first));
  const parts = adapted.map((isAdapted, i) =>
    isAdapted ? (changes[adapted.slice(0, i).filter(Boolean).length] as tf.Tensor) : none,
  );
  return tf.concat(parts, first.rank - 1);
}
