/** Mixture of experts in the place of a feed-forward network. D width, F hidden width of each expert. */
import { defineFfn, slot } from "@l3m/core";
import { gatedWidth } from "@l3m/core/nn";
import * as z from "zod";
import { EXPERT_IGNORES, expertOptions, mixtureLayer } from "./expert-layer.ts";

/**
 * Each token goes through the k experts that a softmax router likes best, and gets the sum of their results weighted by the
 * router's probabilities. The hidden width of an expert is two thirds of the nominal one, rounded up, as in a gated FFN and as
 * ml-l3m does, for experts without a gate too; `moe/expert-layer` takes the width as it is.
 */
export const moe = defineFfn({
  name: "moe",
  summary: "Mixture-of-experts feed-forward network, dropless or with limited capacity.",
  aliases: ["l3m.model.layers.moe.MoE"],
  positional: ["in_features", "hidden_features", "act_layer", "use_bias", "return_bias", "num_experts", "top_k"],
  ignores: EXPERT_IGNORES,
  options: z.strictObject({
    in_features: z.int().positive().describe("D, width of input and output."),
    hidden_features: z.int().positive().describe("Nominal hidden width; two thirds of it, rounded up, are used."),
    multiple_of: z.int().positive().default(256).describe("The hidden width is rounded up to a multiple of this."),
    ...expertOptions.shape,
  }),
  slots: { act_layer: slot("activation", { default: "core/gelu" }) },
  build({ act_layer, in_features: width, hidden_features, multiple_of, ...options }, context) {
    const hidden = gatedWidth(hidden_features, multiple_of);
    return mixtureLayer(context.scope("moe"), { width, hidden }, options, context.child("act_layer", act_layer));
  },
});
