/** NoGradModel: a frozen model inside a trained one. */
import * as z from "zod";
import { detach } from "@l3m/tfjs-kernels";
import { defineContainer } from "../contract/define-container.ts";
import { slot } from "../contract/slots.ts";
import { type DataDict, type DataValue, isTensor } from "../data-dict/data-dict.ts";

export const noGradModel = defineContainer({
  name: "no-grad-model",
  summary:
    "Runs a model whose parameters are frozen and whose results are constants of the gradient. Dropout stays as the mode says.",
  aliases: ["l3m.model.meta_models.NoGradModel"],
  positional: ["model"],
  options: z.strictObject({}),
  slots: { model: slot("block") },
  build({ model: ref }, context) {
    const model = context.child("model", ref);
    context.freeze();
    return {
      children: [model],
      forward(dict, forward) {
        const inner: DataDict = new Map([...dict].map(([key, value]) => [key, detachValue(value)]));
        const given = new Map(inner);
        for (const [key, value] of model.forward(inner, forward)) {
          if (value !== given.get(key)) dict.set(key, detachValue(value));
        }
        return dict;
      },
    };
  },
});

/** Every tensor in `value` as a constant. */
function detachValue(value: DataValue): DataValue {
  if (isTensor(value)) return detach(value);
  if (Array.isArray(value)) return value.map(detachValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, detachValue(entry)]));
}
