/** The training step of an experiment as a graph, traced from declared shapes: no device, no memory, no compiler. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type DataDict, withParams } from "@l3m/core";
import { invariant } from "@l3m/errors";
import type { ProgramGraph } from "@l3m/tfjs-backend-xla";
import type { Experiment } from "../run/open-experiment.ts";
import { collectingContext } from "../step/forward-context.ts";
import type { ByPath, SavedState, TrainState } from "../step/train-state.ts";
import { valuesInUse } from "../step/working-copies.ts";
import { createTraining, type Training } from "../training.ts";
import type { TracingEngine } from "./tracing-engine.ts";

/** Types of the tensors of a batch by key. */
export type BatchTypes = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly dtype: "float32" | "int32" }>
>;

export interface TracedStep {
  readonly training: Training;
  /** Tensors without contents. */
  readonly state: TrainState;
  readonly batch: ByPath;
  /** Forward, backward, clipping and update. */
  readonly step: ProgramGraph;
  /** The model and the loss alone, over the same batch. */
  readonly forward: ProgramGraph;
}

/** Traces one step on a batch of these types. @throws L3mError of the config or of a block that does not fit the batch */
export async function traceStep(experiment: Experiment, engine: TracingEngine, types: BatchTypes): Promise<TracedStep> {
  const training = createTraining(experiment, engine, undefined);
  const { tracer } = engine;
  const state = training.completeState(emptyState(training, engine));
  const batch = Object.fromEntries(
    Object.entries(types).map(([key, { shape, dtype }]) => [key, tracer.placeholder(shape, dtype)]),
  );
  const key = tracer.placeholder([2], "int32");
  const scalars = tracer.placeholder([training.scalars.values(0, 1).length], "float32");
  await training.step.prepare(state, batch, { key, scalars });
  const step = engine.graphs.get("train");
  invariant(step !== undefined, "the training step was not traced");
  const forward = tracer.trace(forwardPass(training), [state, batch, key], { name: "forward" });
  return { training, state, batch, step, forward };
}

/** Types of the state before the first step; see {@link initialState}. */
function emptyState({ model, optimizer }: Training, { tracer }: TracingEngine): SavedState {
  const parameters = (): ByPath =>
    Object.fromEntries(model.params.map(({ path, shape }) => [path, tracer.placeholder(shape, "float32")]));
  return {
    params: parameters(),
    buffers: Object.fromEntries(
      model.buffers.map(({ path, shape, dtype }) => [path, tracer.placeholder(shape, dtype)]),
    ),
    slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, parameters()])),
    alive: tracer.placeholder([], "float32"),
  };
}

function forwardPass({ model, loss }: Training) {
  return (state: TrainState, batch: ByPath, key: Tensor): Tensor => {
    const { context } = collectingContext({ train: true, key, checkpointing: "none", layout: undefined });
    const dict: DataDict = new Map(Object.entries(batch));
    const values = new Map(Object.entries(valuesInUse(state)));
    return tf.tidy(() => withParams(values, () => loss.forward(model.root.forward(dict, context), context).loss));
  };
}
