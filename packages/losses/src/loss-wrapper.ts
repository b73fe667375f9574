/** A criterion of a prediction and a target as a loss on the DataDict. */
import { defineLoss, fromOption, read, slot } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  target_read_key: z.string().default("target").describe("Key of the target."),
});

/** `base_criterion` reads its two tensors under `prediction` and `target`; its loss is reported as metric `loss`. */
export const lossWrapper = defineLoss({
  name: "loss-wrapper",
  summary: "Gives a criterion the tensors of two keys.",
  aliases: ["l3m.loss.wrappers.LossWrapper"],
  positional: ["base_criterion", "target_read_key"],
  options,
  slots: { base_criterion: slot("loss") },
  ports: { prediction: read(null), target: read(fromOption("target_read_key")) },
  build({ base_criterion }, context) {
    const criterion = context.child("base_criterion", base_criterion);
    return {
      forward: ({ prediction, target }, forward) =>
        criterion.forward(
          new Map([
            ["prediction", prediction],
            ["target", target],
          ]),
          forward,
        ),
    };
  },
});
