/** Linear as a registered module. */
import * as z from "zod";
import { defineModule } from "../contract/definition.ts";
import { linearParams } from "../nn/linear-params.ts";

const options = z.strictObject({
  in_features: z.int().positive().describe("Width of the input."),
  out_features: z.int().positive().describe("Width of the output."),
  bias: z.boolean().default(true).describe("Adds a learned bias."),
});

export const linearModule = defineModule({
  name: "linear",
  summary: "x W^T + b over the last axis.",
  aliases: ["torch.nn.Linear", "torch.nn.modules.linear.Linear"],
  positional: ["in_features", "out_features", "bias"],
  ignores: ["device", "dtype"],
  options,
  build({ in_features, out_features, bias }, context) {
    const apply = linearParams(context, "", { in: in_features, out: out_features, bias });
    return { forward: (x) => apply(x) };
  },
});
