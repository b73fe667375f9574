/** Autoregressive prediction of discrete image tokens. B batch, N tokens, V vocabulary, k offset. */
import * as tf from "@l3m/core/tf";
import { crossEntropy, detach } from "@l3m/core/nn";
import { defineLoss, fromOption, maybeRead, read } from "@l3m/core";
import * as z from "zod";
import { checkOffset } from "./offset.ts";

const options = z.strictObject({
  block_size: z.int().nonnegative().default(1).describe("k: the logits at i are for token i + k."),
  target_read_key: z.string().default("image").describe("Key of the token ids [B, N]."),
  mask_read_key: z.string().nullish().describe("Key of a mask [B, N]: only true tokens count; without it, all."),
});

/** Mean cross-entropy over the tokens that count. Metrics: `img_cross_entropy_loss`, and `img_perplexity`, its exponential. */
export const rasterDiscreteLoss = defineLoss({
  name: "raster-discrete-loss",
  summary: "Cross-entropy of the next image token.",
  aliases: ["l3m.loss.discrete_loss.RasterDiscreteLoss"],
  positional: ["block_size", "target_read_key", "mask_read_key"],
  options,
  ports: {
    logits: read(null, "B N V"),
    target: read(fromOption("target_read_key"), "B N", { dtype: "int32" }),
    mask: maybeRead(fromOption("mask_read_key"), "B N"),
  },
  build: ({ block_size: k }) => ({
    forward({ logits, target, mask }) {
      const [B = 0, N = 0, V = 0] = logits.shape;
      checkOffset(k, N);
      const logits_RV = tf.reshape(tf.slice(logits, [0, 0, 0], [B, N - k, V]), [-1, V]);
      const late = (x_BN: tf.Tensor): tf.Tensor => tf.reshape(tf.slice(x_BN, [0, k], [B, N - k]), [-1]);
      const error_R = crossEntropy(logits_RV, late(target));
      const counts_R = mask === undefined ? undefined : tf.cast(late(mask), "float32");
      const loss =
        counts_R === undefined ? tf.mean(error_R) : tf.div(tf.sum(tf.mul(error_R, counts_R)), tf.sum(counts_R));
      const value = detach(loss);
      return { loss, metrics: { img_perplexity: tf.exp(value), img_cross_entropy_loss: value } };
    },
  }),
});
