/** Gated feed-forward network with a GELU gate. */
import { gelu } from "@l3m/tfjs-kernels";
import { defineFfn } from "../contract/definition.ts";
import { GATED_FFN_IGNORES, gatedFfnLayer, gatedFfnOptions } from "./gated-ffn.ts";

export const geGelu = defineFfn({
  name: "ge-gelu",
  summary: "fc2(gelu(fc1(x)) * fc3(x)) (GEGLU); an activation given by the parent is not used.",
  aliases: ["l3m.model.layers.ffn.GeGELU"],
  positional: ["in_features", "hidden_features"],
  ignores: [...GATED_FFN_IGNORES, "act_layer"],
  options: gatedFfnOptions,
  build: (options, context) => gatedFfnLayer(context, options, { forward: (x) => gelu(x) }),
});
