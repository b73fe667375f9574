/** Zero-shot classification of images by class vectors made of texts. E width of the shared space. */
import { defineMetric, invariant } from "@l3m/core";
import * as z from "zod";
import { dot, normalised, Rows } from "./rows.ts";

const options = z.strictObject({
  image_read_key: z.string().default("image_embed").describe("Image embeddings [B, E]."),
  text_read_key: z.string().default("text_embed").describe("Text embeddings [B, E] of each sample's text."),
  class_read_key: z.string().default("target").describe("Class of each sample, int32 [B]."),
  ks: z.array(z.int().positive()).min(1).default([1]).describe("Depths k of the accuracies."),
});

/**
 * Accuracy in percent (`zero_shot_top_1`, ...). The vector of a class is the normalised mean of the normalised embeddings of
 * all texts of that class in the data set (its names, prompts or captions; Radford et al. 2021, section 3.1.4). An image is
 * right at k when fewer than k other classes score at least as high as its own: ties count against the model.
 */
export const zeroShot = defineMetric({
  name: "zero-shot",
  summary: "Accuracy of images classified by the mean text embedding of each class.",
  options,
  build: ({ image_read_key, text_read_key, class_read_key, ks }) => ({
    reads: [image_read_key, text_read_key, class_read_key],
    start() {
      const images = new Rows(image_read_key);
      const texts = new Rows(text_read_key);
      const classes: number[] = [];
      return {
        update(batch) {
          const image = batch[image_read_key];
          const text = batch[text_read_key];
          const target = batch[class_read_key];
          invariant(
            image !== undefined && text !== undefined && target !== undefined,
            "a metric gets the keys that it reads",
          );
          images.add(image);
          texts.add(text);
          classes.push(...target.data);
        },
        result() {
          const vectors = classVectors(texts, classes);
          const ranks = classes.map((own, i) => rankOfClass(images.row(i), own, vectors));
          return Object.fromEntries(
            ks.map((k) => [`zero_shot_top_${k}`, (100 * ranks.filter((rank) => rank < k).length) / ranks.length]),
          );
        },
      };
    },
  }),
});

/** Class to unit vector. */
function classVectors(texts: Rows, classes: readonly number[]): Map<number, Float64Array> {
  const sums = new Map<number, Float64Array>();
  for (const [i, name] of classes.entries()) {
    const row = normalised(texts.row(i));
    const sum = sums.get(name);
    sums.set(name, sum === undefined ? row : sum.map((value, e) => value + (row[e] as number)));
  }
  return new Map([...sums].map(([name, sum]) => [name, normalised(sum)]));
}

/** How many other classes score at least as high as `own`. */
function rankOfClass(image: Float32Array, own: number, vectors: ReadonlyMap<number, Float64Array>): number {
  const ownScore = dot(image, vectors.get(own) ?? new Float64Array());
  let rank = 0;
  for (const [name, vector] of vectors) if (name !== own && !(dot(image, vector) < ownScore)) rank++;
  return rank;
}
