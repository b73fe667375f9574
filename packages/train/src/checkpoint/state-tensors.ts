/** Between the training state on the engine and the named arrays of a checkpoint. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { checkStateDict, type Model } from "@l3m/core";
import type { ByPath, SavedState } from "../step/train-state.ts";
import type { StoredArray } from "./safetensors.ts";

/** Reads the whole state from the device: `model/<path>`, `buffers/<path>`, `optim/<slot>/<path>`. */
export async function readState(state: SavedState): Promise<Map<string, StoredArray>> {
  const named = [
    ...entriesUnder("model", state.params),
    ...entriesUnder("buffers", state.buffers),
    ...Object.entries(state.slots).flatMap(([slot, values]) => entriesUnder(`optim/${slot}`, values)),
  ];
  const arrays = await Promise.all(
    named.map(
      async ([name, tensor]) =>
        [name, { data: (await tensor.data()) as StoredArray["data"], shape: tensor.shape }] as const,
    ),
  );
  return new Map(arrays);
}

/** The state of a checkpoint as tensors. @throws L3M_BAD_STATE_DICT when names or shapes are not those of the model. */
export function restoreState(
  model: Model,
  tensors: ReadonlyMap<string, StoredArray>,
  slotNames: readonly string[],
): SavedState {
  const under = (prefix: string): Map<string, StoredArray> =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(`${prefix}/`))
        .map(([name, value]) => [name.slice(prefix.length + 1), value]),
    );
  const params = under("model");
  const buffers = under("buffers");
  checkStateDict([...model.params, ...model.buffers], new Map([...params, ...buffers]));
  const dtypes = new Map(model.buffers.map((spec) => [spec.path, spec.dtype]));
  const toTensors = (values: ReadonlyMap<string, StoredArray>): ByPath =>
    Object.fromEntries(
      [...values].map(([path, { data, shape }]) => [
        path,
        tf.tensor(data, [...shape], dtypes.get(path) ?? "float32") as Tensor,
      ]),
    );
  return {
    params: toTensors(params),
    buffers: toTensors(buffers),
    slots: Object.fromEntries(slotNames.map((slot) => [slot, toTensors(under(`optim/${slot}`))])),
    alive: tf.scalar(1),
  };
}

function entriesUnder(prefix: string, values: ByPath): [string, Tensor][] {
  return Object.entries(values).map(([path, tensor]) => [`${prefix}/${path}`, tensor]);
}
