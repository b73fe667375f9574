/** Cross-entropy against a distribution over the classes. C classes. */
import * as tf from "@l3m/core/tf";
import { castPrecision, detach, logSumExp } from "@l3m/core/nn";
import { defineLoss, read } from "@l3m/core";
import * as z from "zod";
import { checkSameShape } from "./same-shape.ts";

/** Mean over the rows of `-sum(target * log softmax(prediction))`, in f32; both `[..., C]`; one-hot integers too. Metric `loss`. */
export const softTargetCrossEntropy = defineLoss({
  name: "soft-target-cross-entropy",
  summary: "Cross-entropy against soft targets, such as those of mixup.",
  aliases: ["timm.loss.SoftTargetCrossEntropy", "timm.loss.cross_entropy.SoftTargetCrossEntropy"],
  options: z.strictObject({}),
  ports: { prediction: read("prediction", "... C"), target: read("target", "... C") },
  build: () => ({
    forward({ prediction, target }) {
      checkSameShape(prediction, target);
      const logits = castPrecision(prediction, "f32");
      const logProbability = tf.sub(logits, tf.expandDims(logSumExp(logits), -1));
      const loss = tf.neg(tf.mean(tf.sum(tf.mul(tf.cast(target, "float32"), logProbability), -1)));
      return { loss, metrics: { loss: detach(loss) } };
    },
  }),
});
