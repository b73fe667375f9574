/** Gated feed-forward network (Shazeer 2020). D width, F hidden width after shrinking. */
import * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import type { BuildContext } from "../build/build-context.ts";
import { defineFfn } from "../contract/definition.ts";
import type { Activation, Layer } from "../contract/products.ts";
import { slot } from "../contract/slots.ts";
import { gatedFfnParams, type GatedFfnOptions } from "../nn/gated-ffn-params.ts";

/** Options of every gated FFN. */
export const gatedFfnOptions = z.strictObject({
  in_features: z.int().positive().describe("D, width of input and output."),
  hidden_features: z.int().positive().describe("Nominal hidden width; two thirds of it, rounded up, are used."),
  multiple_of: z.int().positive().default(256).describe("The hidden width is rounded up to a multiple of this."),
  use_bias: z.boolean().default(true).describe("All three linear layers have a bias."),
});

/** Options of ml-l3m that gated FFNs take and do not use. */
export const GATED_FFN_IGNORES = ["drop", "norm_layer", "out_features"] as const;

export const gatedFfn = defineFfn({
  name: "gated-ffn",
  summary: "fc2(act(fc1(x)) * fc3(x)); has no dropout.",
  aliases: ["l3m.model.layers.ffn.GatedFFN"],
  positional: ["in_features", "hidden_features", "act_layer", "multiple_of", "use_bias"],
  ignores: GATED_FFN_IGNORES,
  options: gatedFfnOptions,
  slots: { act_layer: slot("activation") },
  build({ act_layer, ...options }, context) {
    const act = context.child("act_layer", act_layer);
    return gatedFfnLayer(context, options, act);
  },
});

/** A gated FFN with the given gate activation. */
export function gatedFfnLayer(context: BuildContext, options: GatedFfnOptions, act: Activation): Layer {
  const apply = gatedFfnParams(context, options);
  return {
    forward: (x, forward) => apply(x, (gate, up) => act.gated?.(gate, up) ?? tf.mul(act.forward(gate, forward), up)),
  };
}
