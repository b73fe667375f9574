/** Cross-entropy of classes. B batch, C classes. */
import * as tf from "@l3m/core/tf";
import { crossEntropy, detach } from "@l3m/core/nn";
import { defineLoss, read } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  ignore_index: z.int().default(-100).describe("Rows with this target do not count."),
  label_smoothing: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Share of the target that is spread evenly over the classes."),
});

/** `-mean log softmax(prediction)[target]` over the rows that count, in f32; logits `[B, C]`, targets int32 `[B]`. Metric `loss`. */
export const crossEntropyLoss = defineLoss({
  name: "cross-entropy-loss",
  summary: "Cross-entropy of the right class, with optional label smoothing.",
  aliases: ["torch.nn.CrossEntropyLoss", "torch.nn.modules.loss.CrossEntropyLoss"],
  options,
  ports: { prediction: read("prediction", "B C"), target: read("target", "B", { dtype: "int32" }) },
  build: ({ ignore_index: ignoreIndex, label_smoothing: labelSmoothing }) => ({
    forward({ prediction, target }) {
      const count = tf.sum(tf.cast(tf.notEqual(target, ignoreIndex), "float32"));
      const loss = tf.div(tf.sum(crossEntropy(prediction, target, { ignoreIndex, labelSmoothing })), count);
      return { loss, metrics: { loss: detach(loss) } };
    },
  }),
});
