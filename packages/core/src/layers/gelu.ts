/** GELU as a registered activation. */
import { gelu } from "@l3m/tfjs-kernels";
import * as z from "zod";
import { defineActivation } from "../contract/definition.ts";

const options = z.strictObject({
  approximate: z
    .enum(["none", "tanh"])
    .default("none")
    .describe("`none` is exact (erf); `tanh` is the approximation by tanh."),
});

export const geluActivation = defineActivation({
  name: "gelu",
  summary: "Gaussian error linear unit, exact (erf) unless told otherwise.",
  aliases: ["torch.nn.GELU", "torch.nn.modules.activation.GELU"],
  positional: ["approximate"],
  options,
  build: ({ approximate }) => ({ forward: (x) => gelu(x, approximate) }),
});
