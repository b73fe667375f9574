/** Cross-entropy and logsumexp, in f32 whatever the format of the logits. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { formatShape, L3mError } from "@l3m/errors";
import { castPrecision, detach, softmaxCrossEntropy } from "@l3m/tfjs-kernels";

export interface CrossEntropyOptions {
  /** Rows with this target have loss 0 and gradient 0 (torch's default is -100). Default: every row counts. */
  readonly ignoreIndex?: number | null | undefined;
  /** e in [0, 1]: the target is 1 - e + e/C at the class and e/C elsewhere (Szegedy et al. 2016, as torch). Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** Coefficient of `logsumexp(z)^2`, which keeps logits small (Chowdhery et al., "PaLM", 2022). Default 0. */
  readonly zLoss?: number | undefined;
}

/**
 * Per row `logsumexp(z) - z[target]`: logits `[B, C]`, targets int32 `[B]`, result f32 `[B]` (torch `F.cross_entropy`, no reduction).
 * A mean over the rows that count is the caller's. A target outside [0, C) that is not ignored gives NaN.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  if (logits.rank !== 2 || targets.rank !== 1 || targets.shape[0] !== logits.shape[0]) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "Cross-entropy takes one row of logits per target.",
      expected: "logits [B, C] and targets [B]",
      got: `logits ${formatShape(logits.shape)} and targets ${formatShape(targets.shape)}`,
      fix: "Reshape the logits to two dimensions and the targets to one.",
    });
  }
  const { ignoreIndex = null, labelSmoothing = 0, zLoss = 0 } = options;
  return softmaxCrossEntropy(logits, tf.cast(targets, "int32"), { ignoreIndex, labelSmoothing, zLoss });
}

/** `log(sum(exp(z)))` over the last axis, f32, without overflow. */
export function logSumExp(logits: Tensor): Tensor {
  const z = castPrecision(logits, "f32");
  const peak = detach(tf.max(z, -1, true)); // any shift gives the same value and the same gradient
  const total = tf.sum(tf.exp(tf.sub(z, peak)), -1, true);
  return tf.squeeze(tf.add(tf.log(total), peak), [-1]);
}
