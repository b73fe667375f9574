/** One criterion for many heads that learn side by side. */
import * as tf from "@l3m/core/tf";
import { definer, type DataValue, isTensor, L3mError, slot } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  read_key: z.string().describe("Key of the prediction in the map of every head."),
  target_read_key: z.string().default("target").describe("Key of the target there."),
});

/**
 * The DataDict holds one map per head, as `heads/probe-hparam-search-wrapper` leaves it; the loss is the sum over the heads, so each
 * head gets the gradient of its own. Metrics: `<head>_loss`.
 */
export const multiHeadLossWrapper = definer("loss")({
  name: "multi-head-loss-wrapper",
  summary: "The sum of one criterion over many heads.",
  aliases: ["l3m.loss.wrappers.MultiHeadLossWrapper"],
  positional: ["base_criterion", "target_read_key"],
  options,
  slots: { base_criterion: slot("loss") },
  build({ base_criterion, read_key, target_read_key }, context) {
    const criterion = context.child("base_criterion", base_criterion);
    return {
      reads: [],
      forward(dict, forward) {
        const losses = [...dict].map(([head, entries]): [string, tf.Tensor] => {
          const pair = new Map([
            ["prediction", tensorOf(head, entries, read_key, context.where)],
            ["target", tensorOf(head, entries, target_read_key, context.where)],
          ]);
          return [head, criterion.forward(pair, forward).loss];
        });
        const metrics = Object.fromEntries(losses.map(([head, loss]) => [`${head}_loss`, loss]));
        return { loss: tf.addN(losses.map(([, loss]) => loss)), metrics };
      },
    };
  },
});

function tensorOf(head: string, entries: DataValue, key: string, where: string): tf.Tensor {
  const value = (entries as Readonly<Record<string, DataValue>> | null)?.[key];
  if (isTensor(value)) return value;
  throw new L3mError("L3M_MISSING_KEY", {
    message: `"${head}" is not a map with a tensor "${key}".`,
    where: { path: where },
    expected: "one map of tensors per head",
    got: typeof value,
    fix: "Use heads/probe-hparam-search-wrapper as the head, or losses/loss-wrapper for a single head.",
  });
}
