/** SiLU as a registered activation. */
import { silu, swiGlu } from "@l3m/tfjs-kernels";
import * as z from "zod";
import { defineActivation } from "../contract/definition.ts";

export const siluActivation = defineActivation({
  name: "silu",
  summary: "Sigmoid linear unit, x sigmoid(x).",
  aliases: ["torch.nn.SiLU", "torch.nn.modules.activation.SiLU"],
  ignores: ["inplace"],
  options: z.strictObject({}),
  build: () => ({ forward: silu, gated: swiGlu }),
});
