/**
 * The copies of the parameters that the model computes with. In mixed precision the optimizer keeps f32 masters and the
 * blocks see bf16 copies, which make matrix products bf16 (see `autocastClass` in @l3m/tfjs-kernels); the copies are part of
 * the state, so each is written by the update of its master and no step converts a weight twice (Micikevicius et al. 2018).
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ParamSpec } from "@l3m/core";
import { castPrecision, type PrecisionPolicy } from "@l3m/tfjs-kernels";
import type { ByPath, SavedState, TrainState } from "./train-state.ts";

/** True for a parameter that has a copy: the model computes in another format than its masters, and it does not ask for f32. */
function hasWorkingCopy(spec: ParamSpec, policy: PrecisionPolicy): boolean {
  return policy.compute !== policy.param && spec.precision !== "f32";
}

/** Copies of the masters that need one. */
export function workingCopies(specs: readonly ParamSpec[], params: ByPath, policy: PrecisionPolicy): ByPath {
  return Object.fromEntries(
    specs
      .filter((spec) => hasWorkingCopy(spec, policy))
      .map(({ path }) => [path, castPrecision(params[path] as Tensor, policy.compute)]),
  );
}

/** The state of a checkpoint, or of a fresh start, ready for a step. */
export function completeState(specs: readonly ParamSpec[], saved: SavedState, policy: PrecisionPolicy): TrainState {
  const params = Object.fromEntries(
    Object.entries(saved.params).map(([path, value]) => [path, castPrecision(value, policy.param)]),
  );
  return { ...saved, params, working: workingCopies(specs, params, policy) };
}

/** What `param.value` and `buffer.value` are while the model runs. */
export function valuesInUse(state: Pick<TrainState, "params" | "working" | "buffers">): ByPath {
  return { ...state.params, ...state.working, ...state.buffers };
}
