/** ReLU as a registered activation. */
import * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import { defineActivation } from "../contract/definition.ts";

export const reluActivation = defineActivation({
  name: "relu",
  summary: "Rectified linear unit, max(x, 0).",
  aliases: ["torch.nn.ReLU", "torch.nn.modules.activation.ReLU"],
  ignores: ["inplace"],
  options: z.strictObject({}),
  build: () => ({ forward: (x) => tf.relu(x) }),
});
