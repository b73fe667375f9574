/** Which parameters are trained, and with which learning-rate factor and weight decay. */
import type { Model, Optimizer, ParamSpec } from "@l3m/core";
import type { OptimSection } from "@l3m/config";
import { freezeParams, groupParams, mupInit } from "@l3m/optim";

/** Parameters that share a learning-rate factor and a weight decay. */
export interface Group {
  readonly lrScale: number;
  readonly weightDecay: number;
  readonly params: readonly ParamSpec[];
}

export interface ParamPlan {
  readonly groups: readonly Group[];
  /** All trained parameters, in the model's order. */
  readonly trained: readonly ParamSpec[];
  /** Factors on the values before the first step, by path (muP). */
  readonly initialScales: ReadonlyMap<string, number>;
  /** What the reader of the config should know, a sentence each. */
  readonly warnings: readonly string[];
}

/** Freezing, then grouping, as ml-l3m's `create_optimizer` does. */
export function planParams(model: Model, optimizer: Optimizer, optim: OptimSection, compat: boolean): ParamPlan {
  const specs = freezeParams(model.params, { freeze: optim.freeze_list, unfreeze: optim.unfreeze_list });
  const trained = specs.filter(({ trainable }) => trainable);
  const { groups, warnings = [] } = groupParams(specs, {
    baseLr: optimizer.lr,
    weightDecay: optimizer.weightDecay,
    wdExclude: optim.wd_exclude,
    layerDecay: optim.lr_decay,
    lrScalers: optim.lr_scalers,
    mup: optim.mup,
    probeHparamSearch: optim.probe_hparam_search,
    compat,
  });
  const initial = optim.mup?.initialize === true ? mupInit(specs, optim.mup) : { factors: new Map(), warnings: [] };
  const byPath = new Map(trained.map((spec) => [spec.path, spec]));
  return {
    trained,
    initialScales: initial.factors,
    warnings: [...new Set([...warnings, ...initial.warnings])],
    groups: groups.map(({ lrScale = 1, weightDecay, params }) => ({
      lrScale,
      weightDecay,
      params: params.flatMap((path) => byPath.get(path) ?? []),
    })),
  };
}
