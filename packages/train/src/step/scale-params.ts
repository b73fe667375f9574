/** The factors of muP on the values before the first step. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Layout } from "@l3m/fsdp-mesh";
import type { Engine, Jitted } from "../engines/engine.ts";
import type { SavedState } from "./train-state.ts";

/**
 * The state with parameters multiplied by their factors, drawn or loaded ones alike; the tensors that it replaces are freed.
 *
 * @param scales by path; parameters that are not in it stay as they are
 */
export async function scaleParams(
  state: SavedState,
  scales: ReadonlyMap<string, number>,
  engine: Engine,
  layout: Layout | undefined,
): Promise<SavedState> {
  const programs = new Map<string, Jitted<[Tensor, Tensor], Tensor>>();
  const programFor = (shape: readonly number[]): Jitted<[Tensor, Tensor], Tensor> => {
    const dims = layout?.param({ shape });
    const key = JSON.stringify(dims ?? null);
    const placements = dims === undefined ? {} : { inPlacements: [{ dims }, undefined], outPlacements: { dims } };
    const program =
      programs.get(key) ??
      engine.jit((value: Tensor, by: Tensor) => tf.mul(value, by), { name: "mup-init", donate: [0], ...placements });
    programs.set(key, program);
    return program;
  };
  const params: Record<string, Tensor> = { ...state.params };
  for (const [path, scale] of scales) {
    const value = params[path];
    if (value === undefined || scale === 1) continue;
    const program = programFor(value.shape);
    const by = tf.scalar(scale);
    await program.prepare(value, by);
    params[path] = program(value, by);
    by.dispose();
  }
  return { ...state, params };
}
