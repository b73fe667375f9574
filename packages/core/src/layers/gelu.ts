/** Exact GELU as a registered activation. */
import { gelu } from "@l3m/tfjs-kernels";
import * as z from "zod";
import { defineActivation } from "../contract/definition.ts";

export const geluActivation = defineActivation({
  name: "gelu",
  summary: "Gaussian error linear unit, exact (erf) form.",
  aliases: ["torch.nn.GELU", "torch.nn.modules.activation.GELU"],
  options: z.strictObject({}),
  build: () => ({ forward: (x) => gelu(x) }),
});
