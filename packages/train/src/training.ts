/** Everything of a config that computes: model, loss, optimizer, schedule and the compiled step, for loops of one's own. */
import { build, buildLoss, buildModel, type Loss, type Model, type Optimizer, type Schedule } from "@l3m/core";
import { type LoadedConfig, placeError } from "@l3m/config";
import { isL3mError } from "@l3m/errors";
import type { Layout } from "@l3m/fsdp-mesh";
import { runSchedule } from "@l3m/optim";
import type { PrecisionPolicy } from "@l3m/tfjs-kernels";
import { placeOn } from "./checkpoint/place-on-engine.ts";
import type { Engine } from "./engines/engine.ts";
import type { StepFunction } from "./loop.ts";
import type { Experiment } from "./run/open-experiment.ts";
import { plainReporter, type Reporter } from "./run/reporter.ts";
import { initialState } from "./step/initial-state.ts";
import { precisionPolicy } from "./step/precision-policy.ts";
import { type ParamPlan, planParams } from "./step/param-plan.ts";
import { scaleParams } from "./step/scale-params.ts";
import { statePlacements } from "./step/state-placements.ts";
import { StepScalars } from "./step/step-scalars.ts";
import { type MetricNames, trainStep } from "./step/train-step.ts";
import type { SavedState, TrainState } from "./step/train-state.ts";
import { completeState } from "./step/working-copies.ts";
import { startingWeights, withWeights } from "./weights/starting-weights.ts";

export interface Training {
  readonly model: Model;
  readonly loss: Loss;
  /** The loss of validation. */
  readonly valLoss: Loss;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly plan: ParamPlan;
  readonly scalars: StepScalars;
  readonly precision: PrecisionPolicy;
  /** `(state, batch, { key, scalars })` to the next state and a vector of metrics; the state given is used up. */
  readonly step: StepFunction;
  /** Names of the metrics vector, once the step has been traced. */
  readonly metricNames: MetricNames;
  /** The state before the first step: drawn, or the weights of `model.checkpoint` where they are given. */
  initialState(reporter?: Reporter): Promise<TrainState>;
  /** The state of a checkpoint with what is not saved; the tensors given belong to it. */
  completeState(saved: SavedState): TrainState;
}

/** Builds the parts of `experiment` on `engine`; with a `layout` the step is spread over its mesh. */
export function createTraining(experiment: Experiment, engine: Engine, layout: Layout | undefined): Training {
  const { registry, config } = experiment;
  const { optim } = config;
  const compat = { compat: config.compat };
  const model = buildModel(registry, config.model.meta_model, { where: "model.meta_model", ...compat });
  const optimizer = build(registry, "optimizer", optim.optimizer, { where: "optim.optimizer", ...compat }).product;
  const schedule = placed(experiment.loaded, () =>
    runSchedule(registry, optim.scheduler, {
      totalIterations: config.experiment.total_iterations,
      type: optim.scheduler_type,
      baseLr: optimizer.lr,
      ...compat,
    }),
  );
  const loss = buildLoss(registry, config.loss, { where: "loss", ...compat });
  const plan = placed(experiment.loaded, () => planParams(model, optimizer, optim, config.compat));
  const scalars = new StepScalars(optimizer, plan.groups, schedule, optim.scheduler_type);
  const metricNames: MetricNames = [];
  const precision = precisionPolicy(
    config.experiment.precision,
    engine,
    experiment.loaded.place("experiment.precision"),
  );
  const parts = {
    model,
    loss,
    optimizer,
    plan,
    scalars,
    layout,
    precision,
    gradClip: optim.grad_clip,
    accumulation: optim.gradient_accumulation_steps,
    checkpointing: config.model.activation_checkpointing,
    allowNan: config.experiment.allow_nan,
  };
  const placements = layout === undefined ? {} : statePlacements(model, optimizer, layout);
  return {
    model,
    loss,
    valLoss: config.val_loss === null ? loss : buildLoss(registry, config.val_loss, { where: "val_loss", ...compat }),
    optimizer,
    schedule,
    plan,
    scalars,
    precision,
    metricNames,
    step: engine.jit(trainStep(parts, metricNames), { name: "train", donate: [0], ...placements }),
    async initialState(reporter = plainReporter()) {
      const weights = await startingWeights(experiment, model, reporter);
      const seed = config.model.init_seed ?? config.experiment.seed;
      const drawn = await initialState(engine, model, optimizer, seed);
      const place = placeOn(engine, layout);
      const start = await withWeights(drawn, model, weights, place, reporter);
      return completeState(model.params, await scaleParams(start, plan.initialScales, engine, layout), precision);
    },
    completeState: (saved) => completeState(model.params, saved, precision),
  };
}

/** What `build` returns; its errors with their place in the file. */
function placed<T>(loaded: LoadedConfig, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw isL3mError(error) ? placeError(error, loaded) : error;
  }
}
