/** Vision tokens in the place of image placeholders. B batch, M text tokens, V vision tokens of an image, D width. */
import { embeddingGather, iota } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";

export interface PlaceholderInputs {
  /** `[B, V, D]`. */
  readonly vision: Tensor;
  /** `[B, M, D]`. */
  readonly text: Tensor;
  /** Bool `[B, M]`: where the placeholders stand. */
  readonly isPlaceholder: Tensor;
  /** Bool `[B]`: samples that have an image; the vision tokens of the others are not used. */
  readonly hasImage: Tensor;
}

/**
 * The text `[B, M, D]` with vision tokens at its placeholders: the k-th placeholder of the batch gets the k-th token of all
 * images, both counted sample by sample. Whatever is left over on either side stays as it is.
 */
export function replacePlaceholders({ vision, text, isPlaceholder, hasImage }: PlaceholderInputs): Tensor {
  const [B = 0, M = 0, D = 0] = text.shape;
  const V = vision.shape[1] ?? 0;
  const k_P = tf.maximum(countBefore(tf.reshape(isPlaceholder, [B * M])), 0);
  const image_P = tf.floorDiv(k_P, V);
  const ordinal_B = countBefore(hasImage);
  const isSampleOf_BB = tf.logicalAnd(tf.equal(iota([B, B], 0), ordinal_B), tf.reshape(hasImage, [1, B]));
  const sampleOf_B = tf.sum(tf.mul(tf.cast(isSampleOf_BB, "int32"), iota([B, B], 1)), 1);
  const sample_P = tf.gather(sampleOf_B, tf.cast(tf.minimum(image_P, B - 1), "int32"));
  const row_P = tf.add(tf.mul(sample_P, V), tf.sub(k_P, tf.mul(image_P, V)));
  const tokens_BMD = embeddingGather(tf.reshape(vision, [B * V, D]), tf.reshape(tf.cast(row_P, "int32"), [B, M]));
  const images = tf.sum(tf.cast(hasImage, "int32"));
  const isReplaced_BM = tf.logicalAnd(isPlaceholder, tf.reshape(tf.less(image_P, images), [B, M]));
  return tf.where(tf.expandDims(isReplaced_BM, 2), tokens_BMD, text);
}

/** For every true entry of bool `[n]` how many true ones stand before it, int32; -1 or more elsewhere. */
function countBefore(mask: Tensor): Tensor {
  return tf.sub(tf.cumsum(tf.cast(mask, "int32")), 1);
}
