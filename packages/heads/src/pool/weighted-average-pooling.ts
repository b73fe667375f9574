/** Pooling by a learned weight per token. B batch, N tokens, D width. */
import * as tf from "@l3m/core/tf";
import { castPrecision, physicalDtype } from "@l3m/core/nn";
import { defineBlock, maybeSlot, read, slot, write } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  num_tokens: z.int().positive().describe("N, tokens of a sample."),
});

/** `reduction(f(w) x)` over the tokens, with weights `[N]` that start as N(0, 1). */
export const weightedAveragePooling = defineBlock({
  name: "weighted-average-pooling",
  summary: "Reduces the tokens with a learned weight for every position.",
  aliases: ["l3m.model.postprocessors.pool.WeightedAveragePooling"],
  positional: ["num_tokens", "reduction", "non_linear_layer"],
  options,
  slots: {
    reduction: slot("module", { default: "heads/mean" }),
    non_linear_layer: maybeSlot("activation"),
  },
  ports: { x: read(null, "B N=num_tokens D"), y: write(null) },
  build({ num_tokens: N, reduction, non_linear_layer }, context) {
    const weights = context.param("weights", [N], { init: { kind: "normal", std: 1 } });
    const reduce = context.child("reduction", reduction);
    const f = non_linear_layer === null ? undefined : context.child("non_linear_layer", non_linear_layer);
    return {
      forward({ x }, forward) {
        const w_N = f === undefined ? weights.value : f.forward(weights.value, forward);
        const w_1N1 = castPrecision(tf.reshape(w_N, [1, N, 1]), physicalDtype(x));
        return { y: reduce.forward(tf.mul(x, w_1N1), forward) };
      },
    };
  },
});
