/**
 * The baseline that needs no training: an image of the test style finds the training image that differs least in its
 * pixels, which stands for its caption. A concept without a training image is infinitely far from everything.
 */
import { loadArt } from "./art-cache.ts";
import { PixelDistance } from "./pixel-distance.ts";
import { splitDrawings } from "./split.ts";
import { TEST_STYLE_INDEX } from "./styles.ts";

const LAST_RANK = 10;

/** Recall at 1, 5 and 10 in percent, ties counted against the model. */
export interface RetrievalScores {
  readonly i2t_r1: number;
  readonly i2t_r5: number;
  readonly i2t_r10: number;
  readonly t2i_r1: number;
  readonly t2i_r5: number;
  readonly t2i_r10: number;
}

/** Scores of pixel nearest neighbours on the STYLE test (n = 1,241 at 32 pixels). About 3 s of one core. */
export async function pixelNearestNeighbourBaseline(
  options: { readonly imageSize?: number } = {},
): Promise<RetrievalScores> {
  const art = await loadArt(options.imageSize ?? 32);
  const queries = splitDrawings(art, "style");
  const n = queries.length;
  const rivals = new Map<number, number[]>(); // concept -> its training drawings
  art.drawings.forEach(({ concept, style }, drawing) => {
    if (style !== TEST_STYLE_INDEX) rivals.set(concept, [...(rivals.get(concept) ?? []), drawing]);
  });
  const candidates = queries.map((drawing) => rivals.get(art.drawings[drawing]?.concept ?? -1) ?? []);
  const pixels = new PixelDistance(art);
  const nearest = (query: number, concept: number, limit: number): number => {
    let best = Infinity;
    for (const drawing of candidates[concept] ?? [])
      best = Math.min(best, pixels.between(queries[query] ?? 0, drawing, Math.min(best, limit)));
    return best;
  };
  const right = queries.map((_, i) => nearest(i, i, Infinity));
  const i2t = new Int32Array(n); // how many other concepts are at least as near to the image as its own, up to 10
  const t2i = new Int32Array(n); // how many other images are at least as near to the concept as its own, up to 10
  for (let query = 0; query < n; query++) {
    for (let concept = 0; concept < n; concept++) {
      const ofQuery = (i2t[query] ?? 0) < LAST_RANK ? (right[query] ?? 0) : -1; // beyond the tenth nobody counts
      const ofConcept = (t2i[concept] ?? 0) < LAST_RANK ? (right[concept] ?? 0) : -1;
      const limit = Math.max(ofQuery, ofConcept);
      if (concept === query || limit < 0) continue;
      const distance = nearest(query, concept, limit);
      if (distance <= ofQuery) i2t[query] = (i2t[query] ?? 0) + 1;
      if (distance <= ofConcept) t2i[concept] = (t2i[concept] ?? 0) + 1;
    }
  }
  const recall = (ranks: Int32Array, k: number): number => (100 * ranks.filter((rank) => rank < k).length) / n;
  return {
    i2t_r1: recall(i2t, 1),
    i2t_r5: recall(i2t, 5),
    i2t_r10: recall(i2t, 10),
    t2i_r1: recall(t2i, 1),
    t2i_r5: recall(t2i, 5),
    t2i_r10: recall(t2i, 10),
  };
}
