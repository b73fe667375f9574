/** Between the training state on the engine and the named tensors of a checkpoint. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { checkStateDict, type Model } from "@l3m/core";
import { invariant } from "@l3m/errors";
import type { ByPath, SavedState } from "../step/train-state.ts";
import type { Kind, Place } from "./place-on-engine.ts";
import type { Dtype, TensorData, TensorSource } from "./tensor-source.ts";

/** The tensors of a state by their names in checkpoints, still on the device: `model/<path>`, `buffers/<path>`, `optim/<slot>/<path>`. */
export function savedTensors(state: SavedState): ReadonlyMap<string, TensorSource> {
  return new Map([
    ...sourcesUnder("model", state.params),
    ...sourcesUnder("buffers", state.buffers),
    ...Object.entries(state.slots).flatMap(([slot, values]) => sourcesUnder(`optim/${slot}`, values)),
  ]);
}

/**
 * The state of a checkpoint on the engine. Tensors are read one at a time, and each is placed before the next is read.
 *
 * @throws L3M_BAD_STATE_DICT when names or shapes are not those of the model, before any is read
 */
export async function restoreState(
  model: Pick<Model, "params" | "buffers">,
  tensors: ReadonlyMap<string, TensorSource>,
  slotNames: readonly string[],
  place: Place,
): Promise<SavedState> {
  const under = (prefix: string): ReadonlyMap<string, TensorSource> =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(`${prefix}/`))
        .map(([name, value]) => [name.slice(prefix.length + 1), value]),
    );
  const params = under("model");
  const buffers = under("buffers");
  const slots = slotNames.map((slot) => [slot, under(`optim/${slot}`)] as const);
  checkStateDict([...model.params, ...model.buffers], new Map([...params, ...buffers]));
  for (const [, values] of slots) checkStateDict(model.params, values);
  const dtypes = new Map(model.buffers.map((spec) => [spec.path, spec.dtype]));
  const placed = async (sources: ReadonlyMap<string, TensorSource>, kind: Kind): Promise<ByPath> => {
    const values: Record<string, Tensor> = {};
    for (const [path, source] of sources) {
      const dtype = dtypes.get(path) ?? "float32";
      values[path] = await place(tf.tensor(await source.read(), [...source.shape], dtype), kind);
    }
    return values;
  };
  const restored = { params: await placed(params, "param"), buffers: await placed(buffers, "buffer") };
  const slotValues: Record<string, ByPath> = {};
  for (const [slot, values] of slots) slotValues[slot] = await placed(values, "param");
  return { ...restored, slots: slotValues, alive: tf.scalar(1) };
}

const DTYPES: Readonly<Partial<Record<Tensor["dtype"], Dtype>>> = { float32: "F32", int32: "I32", bool: "U8" };

function sourcesUnder(prefix: string, values: ByPath): [string, TensorSource][] {
  return Object.entries(values).map(([path, tensor]) => {
    const dtype = DTYPES[tensor.dtype];
    invariant(dtype !== undefined, `"${path}" is of type ${tensor.dtype}`);
    return [`${prefix}/${path}`, { dtype, shape: tensor.shape, read: async () => (await tensor.data()) as TensorData }];
  });
}
