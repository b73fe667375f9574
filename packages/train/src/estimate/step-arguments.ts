/** Arguments of a training step that have types and no contents: enough to trace or compile it. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Batch } from "@l3m/core";
import { L3mError } from "@l3m/errors";
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

const ELEMENTS: Readonly<Record<string, "float32" | "int32">> = { f32: "float32", i32: "int32" };

/**
 * Types by key from what people write: `image=f32[3,224,224]`, one sample each.
 *
 * @throws L3M_USAGE
 */
export function parseBatchTypes(texts: readonly string[], rows: number): BatchTypes {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, element, dims = ""] = /^([^=]+)=(\w+)\[([\d,]*)\]$/.exec(text) ?? [];
      const dtype = ELEMENTS[element ?? ""];
      if (key === undefined || dtype === undefined) {
        throw new L3mError("L3M_USAGE", {
          message: "This is no shape of a sample.",
          where: { path: "--shape" },
          expected: "key=f32[3,224,224] or key=i32[77]",
          got: text,
          fix: "Give the key of the batch, f32 or i32, and the size of one sample; quote it for the shell.",
        });
      }
      return [key, { shape: [rows, ...dims.split(",").filter(Boolean).map(Number)], dtype }];
    }),
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
