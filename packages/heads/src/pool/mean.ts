/** Mean over an axis. */
import * as tf from "@l3m/core/tf";
import { defineModule } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  dim: z.int().default(1).describe("Axis; the default is that of the tokens."),
  keepdim: z.boolean().default(false).describe("Keep the axis with size 1."),
});

export const mean = defineModule({
  name: "mean",
  summary: "Mean over an axis.",
  aliases: ["torch.mean"],
  options,
  build: ({ dim, keepdim }) => ({ forward: (x) => tf.mean(x, dim, keepdim) }),
});
