/** Linear layer whose weight is initialised in a chosen style. */
import * as z from "zod";
import { defineModule } from "../contract/definition.ts";
import { linearParams } from "../nn/linear-params.ts";
import { type Initializer, ZEROS } from "../params/initializers.ts";

const options = z.strictObject({
  in_features: z.int().positive().describe("Width of the input."),
  out_features: z.int().positive().describe("Width of the output."),
  bias: z.boolean().default(true).describe("Adds a learned bias, zero at the start."),
  weight_init_style: z
    .enum(["trunc_normal", "kaiming", "fan_in", "pytorch"])
    .default("pytorch")
    .describe(
      "trunc_normal: N(0, init_std^2) cut at +-2; kaiming: N(0, 2/in); fan_in: N(0, 1/in); pytorch: U(-1/sqrt(in), 1/sqrt(in)).",
    ),
  init_std: z.number().positive().default(0.02).describe("Standard deviation of trunc_normal."),
});

type Style = z.infer<typeof options>["weight_init_style"];

export const linearWithCustomInit = defineModule({
  name: "linear-with-custom-init",
  summary:
    "Linear layer with a choice of weight initialisation and a zero bias; trunks and heads around it may initialise it again.",
  aliases: ["l3m.model.layers.misc.LinearWithCustomInit"],
  positional: ["in_features", "out_features", "bias"],
  ignores: ["device", "dtype"],
  options,
  build({ in_features, out_features, bias, weight_init_style, init_std }, context) {
    const init = weightInit(weight_init_style, in_features, init_std);
    const apply = linearParams(context, "", { in: in_features, out: out_features, bias, init, biasInit: ZEROS });
    return { forward: (x) => apply(x) };
  },
});

function weightInit(style: Style, fan_in: number, std: number): Initializer {
  switch (style) {
    case "trunc_normal":
      return { kind: "trunc-normal", std };
    case "kaiming":
      return { kind: "variance-scaling", scale: 2, fan_in, truncated: false };
    case "fan_in":
      return { kind: "variance-scaling", scale: 1, fan_in, truncated: false };
    case "pytorch":
      return { kind: "linear-default", fan_in };
  }
}
