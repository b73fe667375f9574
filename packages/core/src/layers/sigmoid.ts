/** The logistic function as a registered activation. */
import * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import { defineActivation } from "../contract/definition.ts";

export const sigmoidActivation = defineActivation({
  name: "sigmoid",
  summary: "Logistic function, 1 / (1 + exp(-x)).",
  aliases: ["torch.nn.Sigmoid", "torch.nn.modules.activation.Sigmoid"],
  options: z.strictObject({}),
  build: () => ({ forward: (x) => tf.sigmoid(x) }),
});
