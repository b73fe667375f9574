/** Stochastic depth as a registered module. */
import * as z from "zod";
import { defineModule } from "../contract/definition.ts";
import { dropPath } from "../nn/dropout.ts";

const options = z.strictObject({
  drop_prob: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Probability that a sample's branch is dropped, in training."),
  scale_by_keep: z.boolean().default(true).describe("Divides what is kept by 1 - drop_prob."),
});

export const dropPathModule = defineModule({
  name: "drop-path",
  summary:
    "Zeroes whole samples in training. One instance draws once per step: a caller that uses it twice gives each use its own rng child.",
  aliases: ["timm.layers.DropPath", "timm.layers.drop.DropPath", "timm.models.layers.DropPath"],
  positional: ["drop_prob", "scale_by_keep"],
  options,
  build({ drop_prob, scale_by_keep }, context) {
    return {
      forward: (x, forward) =>
        forward.train ? dropPath(x, drop_prob, forward.rng.child(context.path), { scaleByKeep: scale_by_keep }) : x,
    };
  },
});
