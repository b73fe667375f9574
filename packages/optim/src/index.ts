/** Optimizers, schedules, parameter groups, clipping. */
import { definePlugin } from "@l3m/core";
import { adamLH } from "./optimizers/adam-lh.ts";
import { adamW } from "./optimizers/adam-w.ts";
import { lars } from "./optimizers/lars.ts";
import { composite } from "./schedules/composite.ts";
import { constant } from "./schedules/constant.ts";
import { cosineAnnealingLR } from "./schedules/cosine-annealing-lr.ts";
import { cosine } from "./schedules/cosine.ts";
import { exponential } from "./schedules/exponential.ts";
import { fvcoreConstant } from "./schedules/fvcore-constant.ts";
import { halfCosine } from "./schedules/half-cosine.ts";
import { invPower } from "./schedules/inv-power.ts";
import { linear } from "./schedules/linear.ts";
import { multiStep } from "./schedules/multi-step.ts";
import { polynomialDecay } from "./schedules/polynomial-decay.ts";
import { step } from "./schedules/step.ts";
import { stepWithFixedGamma } from "./schedules/step-with-fixed-gamma.ts";
import { warmupCosine } from "./schedules/warmup-cosine.ts";

export { clipGradNorm } from "./clipping/clip-grad-norm.ts";
export { countTrainable, freezeParams } from "./groups/freeze.ts";
export { evaluateArithmetic } from "./groups/arithmetic.ts";
export { groupParams, type GroupingOptions } from "./groups/group-params.ts";
export { layerIdForVit } from "./groups/layer-id.ts";
export { lrWdGridGroups, type LrWd, type LrWdGridOptions } from "./groups/lr-wd-grid.ts";
export { mupParamGroups, type MupGroupOptions } from "./groups/mup-groups.ts";
export { mupInit } from "./groups/mup-init.ts";
export type { MupEntry, MupFactors, MupOptions } from "./groups/mup.ts";
export { paramGroups, type ParamGroup, type ParamGroupOptions, type ParamGroups } from "./groups/param-groups.ts";
export { probeParamGroups, type ProbeGroupOptions } from "./groups/probe-groups.ts";
export { relativeLengths, schedulerNode } from "./schedules/relative-lengths.ts";
export {
  gradientScaler,
  type GradientScale,
  type GradientScaler,
  type GradientScalerOptions,
} from "./scaling/gradient-scaler.ts";
export { runSchedule, type RunScheduleOptions } from "./schedules/run-schedule.ts";
export { scheduledLr, type SchedulerType } from "./schedules/scheduled-lr.ts";
export {
  adamLH,
  adamW,
  composite,
  constant,
  cosine,
  cosineAnnealingLR,
  exponential,
  fvcoreConstant,
  halfCosine,
  invPower,
  lars,
  linear,
  multiStep,
  polynomialDecay,
  step,
  stepWithFixedGamma,
  warmupCosine,
};

export default definePlugin({
  namespace: "optim",
  provides: [
    adamW,
    adamLH,
    lars,
    linear,
    cosine,
    constant,
    fvcoreConstant,
    exponential,
    polynomialDecay,
    multiStep,
    step,
    stepWithFixedGamma,
    composite,
    invPower,
    halfCosine,
    warmupCosine,
    cosineAnnealingLR,
  ],
});
