/** Bottleneck adapter. D width, F bottleneck. */
import * as z from "zod";
import { defineModule } from "../contract/definition.ts";
import { slot } from "../contract/slots.ts";
import { linearParams } from "../nn/linear-params.ts";

const options = z.strictObject({
  embed_dim: z.int().positive().describe("D, width of input and output."),
  adapter_hidden_dim: z.int().positive().describe("F, width of the bottleneck."),
});

export const adapter = defineModule({
  name: "adapter",
  summary: "Two-layer bottleneck without a residual connection (Houlsby et al. 2019).",
  aliases: ["l3m.model.layers.peft.Adapter"],
  positional: ["embed_dim", "adapter_hidden_dim", "act_layer"],
  options,
  slots: { act_layer: slot("activation", { default: "core/gelu" }) },
  build({ embed_dim: D, adapter_hidden_dim: F, act_layer }, context) {
    const down = linearParams(context, "layers.0", { in: D, out: F, axes: ["mlp", "embed"] });
    const act = context.child("layers.1", act_layer);
    const up = linearParams(context, "layers.2", { in: F, out: D, axes: ["embed", "mlp"] });
    return { forward: (x, forward) => up(act.forward(down(x), forward)) };
  },
});
