/** Top-k accuracy. B batch, C classes. */
import { defineMetric, formatShape, type HostArray, invariant, L3mError } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  read_key: z.string().describe("Key of the scores [B, C]."),
  target_read_key: z.string().default("target").describe("Key of the classes: int32 [B], or one-hot rows [B, C]."),
  topk: z.array(z.int().positive()).min(1).default([1, 5]).describe("Depths k; above C they count as C."),
});

/**
 * `top_1`, `top_5`, ...: percentage of samples whose class is among the k with the highest scores. Of equal scores the class with
 * the lower index comes first.
 */
export const accuracy = defineMetric({
  name: "accuracy",
  summary: "How often the right class is among the k highest scores.",
  aliases: ["l3m.metrics.accuracy.Accuracy"],
  positional: ["topk"],
  options,
  build: ({ read_key, target_read_key, topk }, context) => ({
    reads: [read_key, target_read_key],
    start() {
      const ranks: number[] = [];
      return {
        update(batch) {
          const scores = batch[read_key];
          const target = batch[target_read_key];
          invariant(scores !== undefined && target !== undefined, "a metric gets the keys that it reads");
          ranks.push(...ranksOfTarget(scores, target, context.where));
        },
        result: () =>
          Object.fromEntries(
            topk.map((k) => [`top_${k}`, (100 * ranks.filter((rank) => rank < k).length) / ranks.length]),
          ),
      };
    },
  }),
});

/** For every sample, how many classes come before its own. */
function ranksOfTarget(scores_BC: HostArray, target: HostArray, where: string): number[] {
  const [B = 0, C = 0] = scores_BC.shape;
  const oneHot = target.shape.length === 2 && target.shape[1] === C;
  if (scores_BC.shape.length !== 2 || target.shape[0] !== B || !(oneHot || target.shape.length === 1)) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "Scores and classes do not line up.",
      where: { path: where },
      expected: "scores [B, C] and classes [B] or [B, C]",
      got: `scores ${formatShape(scores_BC.shape)} and classes ${formatShape(target.shape)}`,
      fix: "Check the keys of the metric.",
    });
  }
  return Array.from({ length: B }, (_, b) => {
    const scores = scores_BC.data.subarray(b * C, (b + 1) * C);
    const own = oneHot ? argmax(target.data.subarray(b * C, (b + 1) * C)) : (target.data[b] as number);
    const score = scores[own] as number;
    let rank = 0;
    for (const [c, other] of scores.entries()) {
      const before = other === score ? c < own : !(other < score); // NaN counts against the model
      if (c !== own && before) rank++;
    }
    return rank;
  });
}

function argmax(row: HostArray["data"]): number {
  let best = 0;
  for (let c = 1; c < row.length; c++) if ((row[c] as number) > (row[best] as number)) best = c;
  return best;
}
