/** Retrieval between images and texts over a whole data set of n pairs. */
import { defineMetric, invariant, type Neighbour } from "@l3m/core";
import * as z from "zod";
import { at, dot, Rows } from "./rows.ts";

const options = z.strictObject({
  image_read_key: z.string().default("image_embed").describe("Image embeddings [B, E]."),
  text_read_key: z.string().default("text_embed").describe("Text embeddings [B, E]; row i belongs to image i."),
  ks: z.array(z.int().positive()).min(1).default([1, 5, 10]).describe("Depths k of the recalls."),
});

/**
 * Recall at k in percent, image to text (`i2t_r1`, `i2t_r5`, ...) and text to image (`t2i_r1`, ...). Scores are inner
 * products. The rank of a pair is the number of other candidates that score at least as high, so ties count against the model.
 */
export const retrieval = defineMetric({
  name: "retrieval",
  summary: "Recall at k of the matching text for every image and of the matching image for every text.",
  options,
  build: ({ image_read_key, text_read_key, ks }) => ({
    reads: [image_read_key, text_read_key],
    start() {
      const images = new Rows(image_read_key);
      const texts = new Rows(text_read_key);
      return {
        update(batch) {
          const image = batch[image_read_key];
          const text = batch[text_read_key];
          invariant(image !== undefined && text !== undefined, "a metric gets the keys that it reads");
          images.add(image);
          texts.add(text);
        },
        result() {
          const { rowRanks, columnRanks } = pairRanks(images, texts);
          return { ...recalls("i2t", rowRanks, ks), ...recalls("t2i", columnRanks, ks) };
        },
        neighbours: (rows, count) => rows.map((row) => nearestTexts(images.row(row), texts, count)),
      };
    },
  }),
});

/** For every pair, how many other texts (`rowRanks`) and other images (`columnRanks`) score at least as high as its own. */
function pairRanks(images: Rows, texts: Rows): { rowRanks: Int32Array; columnRanks: Int32Array } {
  const n = images.count;
  const own = Float64Array.from({ length: n }, (_, i) => dot(images.row(i), texts.row(i)));
  const rowRanks = new Int32Array(n);
  const columnRanks = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const image = images.row(i);
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const score = dot(image, texts.row(j));
      if (!(score < at(own, i))) rowRanks[i] = at(rowRanks, i) + 1; // a score of NaN counts against the model too
      if (!(score < at(own, j))) columnRanks[j] = at(columnRanks, j) + 1;
    }
  }
  return { rowRanks, columnRanks };
}

/** The `count` texts whose embeddings have the largest cosine with an image's. */
function nearestTexts(image: Float32Array, texts: Rows, count: number): Neighbour[] {
  const norm = (vector: Float32Array): number => Math.sqrt(dot(vector, vector)) || 1;
  const scored = Array.from({ length: texts.count }, (_, row) => ({
    row,
    score: dot(image, texts.row(row)) / (norm(image) * norm(texts.row(row))),
  }));
  return scored.sort((a, b) => b.score - a.score).slice(0, count);
}

function recalls(direction: string, ranks: Int32Array, ks: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    ks.map((k) => [`${direction}_r${k}`, (100 * ranks.filter((rank) => rank < k).length) / ranks.length]),
  );
}
