/** A weighted sum of losses. */
import * as tf from "@l3m/core/tf";
import { definer, L3mError, slotList } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  criteria_weights: z.array(z.number()).min(1).default([1]).describe("Weight of every loss, in their order."),
});

/** Every loss reads the DataDict by its own keys. Metrics of all are reported unweighted; of equal names the later one stays. */
export const multiLossWrapper = definer("loss")({
  name: "multi-loss-wrapper",
  summary: "Weighted sum of several losses on one DataDict.",
  aliases: ["l3m.loss.wrappers.MultiLossWrapper"],
  positional: ["criteria", "criteria_weights"],
  options,
  slots: { criteria: slotList("loss") },
  build({ criteria, criteria_weights: weights }, context) {
    if (criteria.length !== weights.length) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "Every loss needs a weight.",
        where: { path: `${context.where}.criteria_weights` },
        expected: `${criteria.length} weights`,
        got: `${weights.length}`,
        fix: "Give one number per entry of criteria.",
      });
    }
    const losses = criteria.map((ref, i) => context.child(`criteria.${i}`, ref));
    return {
      reads: [...new Set(losses.flatMap(({ reads }) => reads))],
      forward(dict, forward) {
        const results = losses.map((loss) => loss.forward(dict, forward));
        const weighted = results.map(({ loss }, i) => tf.mul(loss, weights[i] as number));
        const metrics: Record<string, tf.Tensor> = Object.assign({}, ...results.map((result) => result.metrics));
        return { loss: tf.addN(weighted), metrics };
      },
    };
  },
});
