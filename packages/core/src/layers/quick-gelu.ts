/** QuickGELU as a registered activation. */
import { quickGelu } from "@l3m/tfjs-kernels";
import * as z from "zod";
import { defineActivation } from "../contract/definition.ts";

export const quickGeluActivation = defineActivation({
  name: "quick-gelu",
  summary: "Sigmoid approximation of GELU that OpenAI's CLIP uses, x sigmoid(1.702 x).",
  aliases: ["l3m.model.layers.activation.QuickGELU"],
  options: z.strictObject({}),
  build: () => ({ forward: quickGelu }),
});
