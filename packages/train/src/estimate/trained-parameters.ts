/** How many parameters a run trains, and how many of them decay. */
import type { ParamSpec } from "@l3m/core";
import type { ParamPlan } from "../step/param-plan.ts";

/** Elements and tensors of a set of parameters. */
export interface ParameterCount {
  readonly elements: number;
  readonly tensors: number;
}

export interface TrainedParameters {
  readonly trained: ParameterCount;
  /** With weight decay. */
  readonly decayed: ParameterCount;
  /** Trained without weight decay. */
  readonly plain: ParameterCount;
  /** Not trained. */
  readonly frozen: ParameterCount;
}

/** Counts from declarations; nothing is allocated. `plan` is the model's, with freezing applied. */
export function trainedParameters(params: readonly ParamSpec[], plan: ParamPlan): TrainedParameters {
  const trained = new Set(plan.trained.map(({ path }) => path));
  const inGroups = (decays: boolean): ParamSpec[] =>
    plan.groups.filter(({ weightDecay }) => (weightDecay !== 0) === decays).flatMap((group) => group.params);
  return {
    trained: count(plan.trained),
    decayed: count(inGroups(true)),
    plain: count(inGroups(false)),
    frozen: count(params.filter(({ path }) => !trained.has(path))),
  };
}

function count(params: readonly ParamSpec[]): ParameterCount {
  const elements = params.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  return { elements, tensors: params.length };
}
