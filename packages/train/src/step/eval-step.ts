/** The forward pass of validation as a pure function. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type DataDict, isTensor, type Loss, type Model, withParams } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import type { Layout } from "@l3m/fsdp-mesh";
import { collectingContext } from "./forward-context.ts";
import type { ByPath, TrainState } from "./train-state.ts";
import { valuesInUse } from "./working-copies.ts";

/** Entries of the DataDict after the model, by key, and the loss of the batch. */
export function evalStep(parts: { model: Model; loss: Loss; layout: Layout | undefined; keys: readonly string[] }) {
  return (
    state: Pick<TrainState, "params" | "working" | "buffers">,
    batch: ByPath,
  ): { outputs: ByPath; loss: Tensor } => {
    const { context } = collectingContext({
      train: false,
      key: tf.tensor1d([0, 0], "int32"),
      checkpointing: "none",
      layout: parts.layout,
    });
    const dict: DataDict = new Map(Object.entries(batch));
    const values = new Map(Object.entries(valuesInUse(state)));
    const { loss } = withParams(values, () => parts.loss.forward(parts.model.root.forward(dict, context), context));
    const outputs = parts.keys.map((key) => {
      const value = dict.get(key);
      if (value === undefined || !isTensor(value)) {
        throw new L3mError("L3M_MISSING_KEY", {
          message: `A metric reads "${key}", which the model does not write.`,
          expected: `a tensor under "${key}"`,
          got: [...dict.keys()].join(", "),
          fix: "Correct the keys of the metric.",
        });
      }
      return [key, value] as const;
    });
    return { outputs: Object.fromEntries(outputs), loss };
  };
}
