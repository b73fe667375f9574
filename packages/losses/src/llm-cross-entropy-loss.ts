/** Next-token cross-entropy of language models. B batch, L positions with logits, T target ids, V vocabulary, N = B L. */
import * as tf from "@l3m/core/tf";
import { crossEntropy, detach, logSumExp } from "@l3m/core/nn";
import { defineLoss, formatShape, type ForwardContext, fromOption, L3mError, maybeRead, read, ZEROS } from "@l3m/core";
import * as z from "zod";

type Tensor = tf.Tensor;

const options = z.strictObject({
  z_loss: z
    .number()
    .nonnegative()
    .default(0)
    .describe("Weight of the mean of logsumexp(logits)^2 over all positions, ignored ones too; 0 is none."),
  shift_target: z
    .boolean()
    .default(true)
    .describe("When lengths differ: drop the first target (T = L + 1) rather than the last logits (T = L - 1)."),
  ignore_index: z
    .int()
    .default(-100)
    .describe("Targets with this id do not count, neither in the sum nor in the mean."),
  target_read_key: z.string().default("text").describe("Key of the target ids, int32 [B, T]."),
  renorm_non_padded: z
    .boolean()
    .default(false)
    .describe(
      "Divide by the mean count of targets of the data-parallel replicas instead of by this replica's own. Without effect when one program holds the whole batch: its mean already is that of all tokens.",
    ),
  renorm_momentum: z.boolean().default(false).describe("Smooth that count over the steps (0.95 of the last value)."),
  label_smoothing: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Share of the target that is spread evenly over the vocabulary."),
});

/**
 * `-mean log softmax(logits)[target]` over the targets that count. Equal lengths mean that the targets are already shifted;
 * otherwise see `shift_target`. Metrics: `cross_entropy`, `perplexity` (its exponential), with a z-loss `z_loss` (weighted) and
 * `cross_entropy_with_z_loss`, with renormalisation `avg_non_padded`. A batch without any target that counts gives NaN.
 */
export const llmCrossEntropyLoss = defineLoss({
  name: "llm-cross-entropy-loss",
  summary: "Next-token cross-entropy over a large vocabulary, with an optional z-loss.",
  aliases: ["l3m.loss.llm_cross_entropy_loss.LLMCrossEntropyLoss"],
  positional: ["z_loss", "shift_target", "ignore_index", "target_read_key", "renorm_non_padded", "renorm_momentum"],
  options,
  ports: {
    logits: read(null, "B L V"),
    target: read(fromOption("target_read_key"), "B T", { dtype: "int32" }),
    average: maybeRead("avg_non_padded"),
  },
  build(given, context) {
    const { ignore_index: ignoreIndex, label_smoothing: labelSmoothing, z_loss } = given;
    const smoothed = given.renorm_momentum ? context.buffer("avg_non_padded", [], { init: ZEROS }) : undefined;

    /** What the sum is divided by instead of by n; undefined: by n. */
    const tokensPerReplica = (n: Tensor, average: Tensor | undefined, forward: ForwardContext): Tensor | undefined => {
      if (!given.renorm_non_padded || forward.replicas.count === 1) return undefined;
      const own = average === undefined ? n : tf.mean(average);
      const now = tf.mean(forward.replicas.gather(tf.reshape(own, [1]), "avg_non_padded", false));
      if (smoothed === undefined) return now;
      const last = forward.state.get(smoothed);
      const next = tf.where(tf.equal(last, 0), now, tf.add(tf.mul(last, 0.95), tf.mul(now, 0.05)));
      forward.state.set(smoothed, next);
      return next;
    };

    return {
      forward({ logits, target, average }, forward) {
        const { logits_NV, targets_N } = aligned(logits, target, given.shift_target, context.where);
        const n = tf.sum(tf.cast(tf.notEqual(targets_N, ignoreIndex), "float32"));
        const sum = tf.sum(crossEntropy(logits_NV, targets_N, { ignoreIndex, labelSmoothing }));
        const own = tf.div(sum, n);
        const tokens = tokensPerReplica(n, average, forward);
        const cross_entropy = detach(own);
        const metrics: Record<string, Tensor> = { cross_entropy, perplexity: tf.exp(cross_entropy) };
        if (tokens !== undefined) metrics["avg_non_padded"] = tokens;
        const loss = tokens === undefined ? own : tf.div(sum, tokens);
        if (z_loss === 0) return { loss, metrics };
        const penalty = tf.mul(tf.mean(tf.square(logSumExp(logits_NV))), z_loss);
        const total = tf.add(loss, penalty);
        return {
          loss: total,
          metrics: { ...metrics, z_loss: detach(penalty), cross_entropy_with_z_loss: detach(total) },
        };
      },
    };
  },
});

/** Logits and targets row by row: position i of the logits predicts row i of the targets. */
function aligned(
  logits_BLV: Tensor,
  target_BT: Tensor,
  shiftTarget: boolean,
  where: string,
): { logits_NV: Tensor; targets_N: Tensor } {
  const [B = 0, L = 0, V = 0] = logits_BLV.shape;
  const [, T = 0] = target_BT.shape;
  const rows = (logits: Tensor, targets: Tensor): { logits_NV: Tensor; targets_N: Tensor } => ({
    logits_NV: tf.reshape(logits, [-1, V]),
    targets_N: tf.reshape(targets, [-1]),
  });
  if (T === L) return rows(logits_BLV, target_BT);
  if (shiftTarget && T === L + 1) return rows(logits_BLV, tf.slice(target_BT, [0, 1], [B, L]));
  if (!shiftTarget && T === L - 1) return rows(tf.slice(logits_BLV, [0, 0, 0], [B, T, V]), target_BT);
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "Logits and targets do not line up.",
    where: { path: where },
    expected: `${L} or ${shiftTarget ? L + 1 : L - 1} target ids for ${L} positions`,
    got: `logits ${formatShape(logits_BLV.shape)} and targets ${formatShape(target_BT.shape)}`,
    fix: "Check drop_last of the text preprocessor, and shift_target.",
  });
}
