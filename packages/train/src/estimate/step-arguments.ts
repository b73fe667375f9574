/** Arguments of a training step that have types and no contents: enough to trace or compile it. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Batch } from "@l3m/core";
import type { Tracer } from "@l3m/tfjs-backend-xla";
import type { StepInputs } from "../step/train-step.ts";
import type { ByPath, TrainState } from "../step/train-state.ts";
import type { Training } from "../training.ts";

/** Types of the tensors of a batch by key. */
export type BatchTypes = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly dtype: "float32" | "int32" }>
>;

/** The types of a batch of `rows` samples like those of `batch`. */
export function batchTypes(batch: Batch, rows: number): BatchTypes {
  return Object.fromEntries(
    Object.entries(batch.tensors).map(([key, { data, shape }]) => [
      key,
      { shape: [rows, ...shape.slice(1)], dtype: data instanceof Float32Array ? "float32" : "int32" },
    ]),
  );
}

export interface StepArguments {
  readonly state: TrainState;
  readonly batch: ByPath;
  readonly inputs: StepInputs;
}

/** The state before the first step, a batch of these types, and the numbers of a step. */
export function stepArguments(training: Training, tracer: Tracer, types: BatchTypes): StepArguments {
  const { model, optimizer } = training;
  const parameters = (): ByPath =>
    Object.fromEntries(model.params.map(({ path, shape }) => [path, tracer.placeholder(shape, "float32") as Tensor]));
  return {
    state: training.completeState({
      params: parameters(),
      buffers: Object.fromEntries(
        model.buffers.map(({ path, shape, dtype }) => [path, tracer.placeholder(shape, dtype)]),
      ),
      slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, parameters()])),
      alive: tracer.placeholder([], "float32"),
    }),
    batch: Object.fromEntries(
      Object.entries(types).map(([key, { shape, dtype }]) => [key, tracer.placeholder(shape, dtype)]),
    ),
    inputs: {
      key: tracer.placeholder([2], "int32"),
      scalars: tracer.placeholder([training.scalars.values(0, 1).length], "float32"),
    },
  };
}
