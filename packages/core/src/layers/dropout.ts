/** Dropout as a registered module. */
import * as z from "zod";
import { defineModule } from "../contract/definition.ts";
import { dropout } from "../nn/dropout.ts";

const options = z.strictObject({
  p: z.number().min(0).max(1).default(0.5).describe("Probability that an element is zeroed, in training."),
});

export const dropoutModule = defineModule({
  name: "dropout",
  summary: "Zeroes elements in training and scales the rest by 1 / (1 - p).",
  aliases: ["torch.nn.Dropout", "torch.nn.modules.dropout.Dropout"],
  positional: ["p"],
  ignores: ["inplace"],
  options,
  build({ p }, context) {
    return { forward: (x, forward) => (forward.train ? dropout(x, p, forward.rng.child(context.path), "keep") : x) };
  },
});
