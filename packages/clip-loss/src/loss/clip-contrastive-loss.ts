/** CLIP's contrastive loss. B pairs of this replica, W replicas, E width of the shared space. */
import * as tf from "@l3m/core/tf";
import { crossEntropy, detach, iota } from "@l3m/core/nn";
import { defineLoss, fromOption, maybeRead, read } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  image_read_key: z
    .string()
    .default("image_embed")
    .describe("Image embeddings [B, E], normalised and times the logit scale."),
  text_read_key: z.string().default("text_embed").describe("Text embeddings [B, E], normalised."),
  gather_with_grad: z
    .boolean()
    .default(false)
    .describe("Gradients flow to the pairs of other replicas. Without effect when one program holds the whole batch."),
  logit_scale_read_key: z.string().default("logit_scale").describe("Key of the scale, a metric if present."),
});

/**
 * Half the sum of the cross-entropies image -> text and text -> image over the pairs of all replicas, each a mean over this
 * replica's pairs (Radford et al. 2021). Metrics: `clip_loss`, `clip_acc` (percent, image -> text), `logit_scale`.
 */
export const clipContrastiveLoss = defineLoss({
  name: "clip-contrastive-loss",
  summary: "Symmetric contrastive cross-entropy between image and text embeddings.",
  aliases: ["l3m.loss.clip_loss.CLIPContrastiveLoss"],
  positional: ["image_read_key", "text_read_key", "gather_with_grad"],
  options,
  ports: {
    image: read(fromOption("image_read_key"), "B E"),
    text: read(fromOption("text_read_key"), "B E"),
    scale: maybeRead(fromOption("logit_scale_read_key"), "1"),
  },
  build: ({ gather_with_grad, image_read_key, text_read_key }) => ({
    forward({ image, text, scale }, { replicas }) {
      const B = image.shape[0] ?? 0;
      const allImages = replicas.gather(image, image_read_key, gather_with_grad);
      const allTexts = replicas.gather(text, text_read_key, gather_with_grad);
      const labels_B = tf.add(iota([B]), tf.scalar(B * replicas.index, "int32"));
      const perImage = tf.matMul(image, allTexts, false, true); // [B, W*B]
      const perText = tf.matMul(text, allImages, false, true);
      const loss = tf.mul(
        tf.add(tf.mean(crossEntropy(perImage, labels_B)), tf.mean(crossEntropy(perText, labels_B))),
        0.5,
      );
      const hits_B = tf.equal(tf.argMax(perImage, 1), labels_B);
      const clip_acc = tf.mul(tf.mean(tf.cast(hits_B, "float32")), 100);
      const metrics = { clip_loss: detach(loss), clip_acc };
      return {
        loss,
        metrics: scale === undefined ? metrics : { ...metrics, logit_scale: tf.reshape(detach(scale), []) },
      };
    },
  }),
});
