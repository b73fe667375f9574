/** The state before the first step, without working copies: parameters drawn on the engine, optimizer slots at zero. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Model, Optimizer } from "@l3m/core";
import type { Engine } from "../engines/engine.ts";
import type { SavedState } from "./train-state.ts";

/** Depends on `seed` only, not on the engine. Parameters are drawn in one compiled program where the engine compiles. */
export async function initialState(
  engine: Engine,
  model: Model,
  optimizer: Optimizer,
  seed: number,
): Promise<SavedState> {
  const draw = engine.jit((key: Tensor) => Object.fromEntries(model.initialise(key)), { name: "initialise" });
  const key = tf.tensor1d([seed, 0x6c336d], "int32");
  await draw.prepare(key);
  const values = draw(key);
  key.dispose();
  const pick = (paths: readonly { path: string }[]) =>
    Object.fromEntries(paths.map(({ path }) => [path, values[path] as Tensor]));
  const zeros = () => Object.fromEntries(model.params.map(({ path, shape }) => [path, tf.zeros([...shape]) as Tensor]));
  return {
    params: pick(model.params),
    buffers: pick(model.buffers),
    slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros()])),
    alive: tf.scalar(1),
  };
}
