/** What a part of the model answers to rows that a metric shows it, as a pure function. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { ContainerBlock, isTensor, type MetricQueries, type Model, type ReadWriteBlock, withParams } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import type { Layout } from "@l3m/fsdp-mesh";
import { collectingContext } from "./forward-context.ts";
import type { ByPath, EvalState } from "./train-state.ts";
import { valuesInUse } from "./working-copies.ts";

/** The DataDict entry `queries.reads` after the part has run on a batch. */
export function queryStep(parts: { model: Model; layout: Layout | undefined; queries: MetricQueries }) {
  const { model, layout, queries } = parts;
  const part = partOf(model, queries.model);
  return (state: EvalState, batch: ByPath): Tensor => {
    const key = tf.tensor1d([0, 0], "int32");
    const { context } = collectingContext({ train: false, key, checkpointing: "none", layout });
    const values = new Map(Object.entries(valuesInUse(state)));
    const dict = withParams(values, () => part.forward(new Map(Object.entries(batch)), context));
    const answer = dict.get(queries.reads);
    if (isTensor(answer)) return answer;
    throw new L3mError("L3M_MISSING_KEY", {
      message: `A metric asks "${queries.model}" for "${queries.reads}", which it does not write.`,
      expected: `a tensor under "${queries.reads}"`,
      got: [...dict.keys()].join(", "),
      fix: "Correct the keys of the metric.",
    });
  };
}

function partOf({ root }: Model, name: string): ReadWriteBlock {
  const named = root instanceof ContainerBlock ? root.named : new Map<string, ReadWriteBlock>();
  const part = named.get(name);
  if (part !== undefined) return part;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `A metric asks the part "${name}" of the model, which has none of that name.`,
    where: { path: "model.meta_model" },
    expected: [...named.keys()].join(", ") || "models with names, as in core/in-series-meta-models",
    got: name,
    fix: "Let the metric name one of them.",
  });
}
