/** Gated feed-forward network with a SiLU gate. */
import { silu, swiGlu } from "@l3m/tfjs-kernels";
import { defineFfn } from "../contract/definition.ts";
import { GATED_FFN_IGNORES, gatedFfnLayer, gatedFfnOptions } from "./gated-ffn.ts";

export const swiGluFfn = defineFfn({
  name: "swi-glu-ffn",
  summary: "fc2(silu(fc1(x)) * fc3(x)) (SwiGLU); an activation given by the parent is not used.",
  aliases: ["l3m.model.layers.ffn.SwiGLUFFN"],
  positional: ["in_features", "hidden_features"],
  ignores: [...GATED_FFN_IGNORES, "act_layer"],
  options: gatedFfnOptions,
  build: (options, context) => gatedFfnLayer(context, options, { forward: silu, gated: swiGlu }),
});
