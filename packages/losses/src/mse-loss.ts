/** Squared error. */
import * as tf from "@l3m/core/tf";
import { castPrecision, detach } from "@l3m/core/nn";
import { defineLoss, read } from "@l3m/core";
import * as z from "zod";
import { checkSameShape } from "./same-shape.ts";

const options = z.strictObject({
  reduction: z.enum(["mean", "sum", "none"]).default("mean").describe("Over all elements; none keeps their shape."),
});

/** `(prediction - target)^2` of two tensors of one shape, in f32. Metric `loss`, unless there is no reduction. */
export const mseLoss = defineLoss({
  name: "mse-loss",
  summary: "Mean squared error.",
  aliases: ["torch.nn.MSELoss", "torch.nn.functional.mse_loss", "torch.nn.modules.loss.MSELoss"],
  options,
  ports: { prediction: read("prediction"), target: read("target") },
  build: ({ reduction }) => ({
    forward({ prediction, target }) {
      checkSameShape(prediction, target);
      const error = tf.squaredDifference(castPrecision(prediction, "f32"), castPrecision(target, "f32"));
      if (reduction === "none") return { loss: error, metrics: {} };
      const loss = reduction === "sum" ? tf.sum(error) : tf.mean(error);
      return { loss, metrics: { loss: detach(loss) } };
    },
  }),
});
