/**
 * The cross-entropy of softmax(logits) for large vocabularies. The backward pass needs the logits as they are and one number per
 * row, so no array of N x V probabilities is kept. N rows, V classes.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { inFormatOf } from "./activation-kernel.ts";
import { iota } from "./iota.ts";

/**
 * Kernel name. Inputs logits `[N, V]`, labels int32 `[N]` in [0, V) or `ignoreIndex`; any other gives a loss of NaN. Outputs: the loss of every row and its
 * logsumexp, both f32 `[N]`. The logsumexp is for the backward pass; no gradient flows from it.
 */
export const SoftmaxCrossEntropy = "SoftmaxCrossEntropy";
/** Kernel name. Inputs logits, labels, logsumexp, dy `[N]` (the gradient of the loss). Output: that of the logits, in their format. */
export const SoftmaxCrossEntropyGrad = "SoftmaxCrossEntropyGrad";

export interface SoftmaxCrossEntropyAttrs {
  /** Rows with this label have loss 0 and gradient 0. */
  readonly ignoreIndex: number | null;
  /** e of Szegedy et al. 2016, as torch: the target is 1 - e + e/V at the label and e/V elsewhere. 0 is none. */
  readonly labelSmoothing: number;
  /** Coefficient of logsumexp^2, which keeps logits small (Chowdhery et al., "PaLM", 2022). 0 is none. */
  readonly zLoss: number;
}

const runGrad = defineKernel<SoftmaxCrossEntropyAttrs>({
  name: SoftmaxCrossEntropyGrad,
  inputs: ["logits", "labels", "logsumexp", "dy"],
  fallback: (inputs, { ignoreIndex, labelSmoothing, zLoss }) => {
    const { logits, labels, logsumexp, dy } = inputs as Record<"logits" | "labels" | "logsumexp" | "dy", Tensor>;
    const lse_N1 = tf.expandDims(logsumexp, 1);
    const p_NV = tf.exp(tf.sub(logits, lse_N1));
    const pull_NV = zLoss === 0 ? p_NV : tf.mul(p_NV, tf.add(tf.mul(lse_N1, 2 * zLoss), 1));
    const [, V = 1] = logits.shape;
    const isLabel_NV = tf.equal(iota([1, V], 1), tf.expandDims(labels, 1));
    const isOne_NV = tf.cast(isLabel_NV, "float32");
    const target_NV =
      labelSmoothing === 0 ? isOne_NV : tf.add(tf.mul(isOne_NV, 1 - labelSmoothing), labelSmoothing / V);
    const dLogits_NV = tf.mul(tf.sub(pull_NV, target_NV), tf.expandDims(dy, 1));
    if (ignoreIndex === null) return inFormatOf(logits, dLogits_NV);
    return inFormatOf(logits, tf.where(tf.expandDims(tf.equal(labels, ignoreIndex), 1), 0, dLogits_NV));
  },
});

const run = defineKernel<SoftmaxCrossEntropyAttrs>({
  name: SoftmaxCrossEntropy,
  inputs: ["logits", "labels"],
  fallback: (inputs, { ignoreIndex, labelSmoothing, zLoss }) => {
    const { logits, labels } = inputs as Record<"logits" | "labels", Tensor>;
    const peak_N1 = tf.max(logits, 1, true);
    const total_N1 = tf.sum(tf.exp(tf.sub(logits, peak_N1)), 1, true);
    const lse = tf.squeeze(tf.add(tf.log(total_N1), peak_N1), [1]);
    const picked = logitOfLabel(logits, labels);
    const target =
      labelSmoothing === 0
        ? picked
        : tf.add(tf.mul(picked, 1 - labelSmoothing), tf.mul(tf.mean(logits, 1), labelSmoothing));
    const plain = tf.sub(lse, target);
    const loss = zLoss === 0 ? plain : tf.add(plain, tf.mul(tf.square(lse), zLoss));
    const known = tf.where(isClass(labels, logits.shape[1] ?? 1), loss, NaN);
    return [ignoreIndex === null ? known : tf.where(tf.equal(labels, ignoreIndex), 0, known), lse];
  },
  outputsToSave: [false, true],
  gradient: ([dy], [logits, labels], attrs, [logsumexp]) => ({
    logits: () => runGrad([logits, labels, logsumexp, dy] as Tensor[], attrs)[0] as Tensor,
  }),
});

/**
 * Per row `logsumexp(z) - (1 - e) z[label] - e mean(z) + zLoss logsumexp(z)^2`, e the label smoothing: logits z `[N, V]`, labels int32
 * `[N]`, result f32 `[N]`. Computed in f32 whatever the format of the logits; their gradient has that format.
 */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor, attrs: SoftmaxCrossEntropyAttrs): Tensor {
  const [loss, logsumexp] = run([logits, labels], attrs) as [Tensor, Tensor];
  tf.dispose(logsumexp); // the tape has its own
  return loss;
}

function isClass(labels: Tensor, V: number): Tensor {
  return tf.logicalAnd(tf.greaterEqual(labels, tf.scalar(0, "int32")), tf.less(labels, tf.scalar(V, "int32")));
}

/** `z[label]` of each row. A label outside [0, V) picks the nearest class; its row is ignored or NaN. */
function logitOfLabel(logits: Tensor, labels: Tensor): Tensor {
  const [N = 0, V = 1] = logits.shape;
  const class_N = tf.minimum(tf.maximum(labels, tf.scalar(0, "int32")), tf.scalar(V - 1, "int32"));
  const place_N = tf.add(class_N, tf.mul(iota([N]), tf.scalar(V, "int32")));
  return tf.gather(tf.reshape(logits, [N * V]), place_N as tf.Tensor1D);
}
