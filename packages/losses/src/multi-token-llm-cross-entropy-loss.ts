/** Prediction of several tokens ahead. B batch, L positions, K heads, V vocabulary, T target ids. */
import * as tf from "@l3m/core/tf";
import { crossEntropy, detach, logSumExp } from "@l3m/core/nn";
import { defineLoss, formatShape, fromOption, L3mError, read } from "@l3m/core";
import * as z from "zod";
import { checkOffset } from "./offset.ts";

type Tensor = tf.Tensor;

const options = z.strictObject({
  ignore_index: z.int().default(-100).describe("Targets with this id do not count."),
  block_size: z
    .array(z.int().nonnegative())
    .min(1)
    .default([1, 2, 3, 4])
    .describe("Tokens that every head looks past the next one: 0 predicts the next token, 1 the one after it."),
  z_loss: z.number().nonnegative().default(0).describe("Weight of the mean of logsumexp(logits)^2 over all rows."),
  shift_target: z
    .boolean()
    .default(true)
    .describe("Drop the first target (T = L + 1) rather than the last logits (T = L - 1)."),
  target_read_key: z.string().default("text").describe("Key of the target ids, int32 [B, T]."),
});

/**
 * Cross-entropy of logits `[B, L, K, V]` over all targets that count of all heads (Gloeckle et al. 2024, "Better and faster large
 * language models via multi-token prediction"). Metrics as `losses/llm-cross-entropy-loss`.
 */
export const multiTokenLlmCrossEntropyLoss = defineLoss({
  name: "multi-token-llm-cross-entropy-loss",
  summary: "Cross-entropy of the next few tokens, one head for each.",
  aliases: ["l3m.loss.llm_cross_entropy_loss.MultiTokenLLMCrossEntropyLoss"],
  positional: ["ignore_index", "block_size"],
  ignores: ["renorm_non_padded", "renorm_momentum"],
  options,
  ports: {
    logits: read(null, "B L K V"),
    target: read(fromOption("target_read_key"), "B T", { dtype: "int32" }),
  },
  build: ({ ignore_index: ignoreIndex, block_size: offsets, z_loss, shift_target }, context) => ({
    forward({ logits, target }) {
      const { logits_BLKV, target_BL } = aligned(logits, target, shift_target, offsets.length, context.where);
      const [B = 0, L = 0, , V = 0] = logits_BLKV.shape;
      checkOffset(Math.max(...offsets), L);
      const parts = offsets.map((k, head) => {
        const logits_RV = tf.reshape(tf.slice(logits_BLKV, [0, 0, head, 0], [B, L - k, 1, V]), [-1, V]);
        const target_R = tf.reshape(tf.slice(target_BL, [0, k], [B, L - k]), [-1]);
        return {
          sum: tf.sum(crossEntropy(logits_RV, target_R, { ignoreIndex })),
          count: tf.sum(tf.cast(tf.notEqual(target_R, ignoreIndex), "float32")),
        };
      });
      const loss = tf.div(tf.addN(parts.map(({ sum }) => sum)), tf.addN(parts.map(({ count }) => count)));
      const cross_entropy = detach(loss);
      const metrics = { cross_entropy, perplexity: tf.exp(cross_entropy) };
      if (z_loss === 0) return { loss, metrics };
      const penalty = tf.mul(tf.mean(tf.square(logSumExp(logits_BLKV))), z_loss);
      const total = tf.add(loss, penalty);
      return {
        loss: total,
        metrics: { ...metrics, z_loss: detach(penalty), cross_entropy_with_z_loss: detach(total) },
      };
    },
  }),
});

/** Position i of the logits beside the target of the next token. */
function aligned(
  logits: Tensor,
  target: Tensor,
  shiftTarget: boolean,
  heads: number,
  where: string,
): { logits_BLKV: Tensor; target_BL: Tensor } {
  const [B = 0, L = 0, K = 0, V = 0] = logits.shape;
  const [, T = 0] = target.shape;
  if (K !== heads || T !== (shiftTarget ? L + 1 : L - 1)) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "Logits and targets do not line up.",
      where: { path: where },
      expected: `logits of ${heads} heads and ${shiftTarget ? L + 1 : L - 1} target ids for ${L} positions`,
      got: `logits ${formatShape(logits.shape)} and targets ${formatShape(target.shape)}`,
      fix: "Check block_size, shift_target and drop_last of the text preprocessor.",
    });
  }
  if (shiftTarget) return { logits_BLKV: logits, target_BL: tf.slice(target, [0, 1], [B, L]) };
  return { logits_BLKV: tf.slice(logits, [0, 0, 0, 0], [B, T, K, V]), target_BL: target };
}
