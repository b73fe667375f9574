/** The forward pass of validation as a pure function. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import {
  type DataDict,
  type DataValue,
  isTensor,
  type Loss,
  type Model,
  type NestedReads,
  withParams,
} from "@l3m/core";
import { L3mError } from "@l3m/errors";
import type { Layout } from "@l3m/fsdp-mesh";
import { collectingContext } from "./forward-context.ts";
import type { ByPath, EvalState } from "./train-state.ts";
import { valuesInUse } from "./working-copies.ts";

/** What metrics read of the DataDict after the model. */
export interface EvalReads {
  readonly keys: readonly string[];
  /** Keys of maps in it; they come out as `<name of the map>.<key>`. */
  readonly within: readonly NestedReads[];
}

/** Entries of the DataDict after the model, by key, and the loss of the batch. */
export function evalStep(parts: { model: Model; loss: Loss; layout: Layout | undefined; reads: EvalReads }) {
  return (state: EvalState, batch: ByPath): { outputs: ByPath; loss: Tensor } => {
    const { context } = collectingContext({
      train: false,
      key: tf.tensor1d([0, 0], "int32"),
      checkpointing: "none",
      layout: parts.layout,
    });
    const values = new Map(Object.entries(valuesInUse(state)));
    return withParams(values, () => {
      const dict = parts.model.root.forward(new Map(Object.entries(batch)), context);
      const { loss } = parts.loss.forward(dict, context);
      return { outputs: Object.fromEntries(tensorsOf(dict, parts.reads)), loss };
    });
  };
}

function tensorsOf(dict: DataDict, { keys, within }: EvalReads): [string, Tensor][] {
  const nested = within.flatMap(({ pattern, keys: inner }) =>
    [...dict].flatMap(([name, value]) =>
      isMap(value) && pattern.test(name) ? inner.map((key) => [`${name}.${key}`, value[key]] as const) : [],
    ),
  );
  return [...keys.map((key) => [key, dict.get(key)] as const), ...nested].map(([key, value]) => {
    if (isTensor(value)) return [key, value];
    throw new L3mError("L3M_MISSING_KEY", {
      message: `A metric reads "${key}", which the model does not write.`,
      expected: `a tensor under "${key}"`,
      got: [...dict.keys()].join(", "),
      fix: "Correct the keys of the metric.",
    });
  });
}

function isMap(value: DataValue): value is Readonly<Record<string, DataValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isTensor(value);
}
