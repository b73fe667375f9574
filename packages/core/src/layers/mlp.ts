/** Two-layer feed-forward network. D input width, F hidden width, O output width. */
import * as z from "zod";
import { defineFfn } from "../contract/definition.ts";
import { maybeSlot, slot } from "../contract/slots.ts";
import { dropout } from "../nn/dropout.ts";
import { linearParams } from "../nn/linear-params.ts";

const options = z.strictObject({
  in_features: z.int().positive().describe("D, width of the input."),
  hidden_features: z.int().positive().nullish().describe("F, width of the hidden layer; default D."),
  out_features: z.int().positive().nullish().describe("O, width of the output; default D."),
  use_bias: z.boolean().default(true).describe("Both linear layers have a bias."),
  drop: z.number().min(0).max(1).default(0).describe("Dropout after the activation and after the output, in training."),
});

export const mlp = defineFfn({
  name: "mlp",
  summary: "norm(drop(fc2(drop(act(fc1(x)))))).",
  aliases: ["l3m.model.layers.ffn.MLP"],
  positional: ["in_features", "hidden_features", "out_features", "act_layer", "use_bias", "drop", "norm_layer"],
  options,
  slots: { act_layer: slot("activation", { default: "core/gelu" }), norm_layer: maybeSlot("norm") },
  build({ in_features: D, hidden_features, out_features, use_bias: bias, drop, act_layer, norm_layer }, context) {
    const F = hidden_features ?? D;
    const O = out_features ?? D;
    const fc1 = linearParams(context, "fc1", { in: D, out: F, bias, axes: ["mlp", "embed"] });
    const act = context.child("act", act_layer);
    const fc2 = linearParams(context, "fc2", { in: F, out: O, bias, axes: ["embed", "mlp"] });
    const norm = norm_layer === null ? undefined : context.child("norm", norm_layer, { dim: O });
    return {
      forward(x, forward) {
        const rate = forward.train ? drop : 0;
        const hidden = dropout(act.forward(fc1(x), forward), rate, forward.rng, `${context.path}/hidden`);
        const y = dropout(fc2(hidden), rate, forward.rng, `${context.path}/output`);
        return norm === undefined ? y : norm.forward(y, forward);
      },
    };
  },
});
