/** The schedule of a run, from `optim.scheduler` of its config. */
import { build, type ConfigNode, L3mError, type Registry, resolveNode, type Schedule } from "@l3m/core";
import { cosineAnnealingLR } from "./cosine-annealing-lr.ts";
import { schedulerNode } from "./relative-lengths.ts";
import type { SchedulerType } from "./scheduled-lr.ts";

export interface RunScheduleOptions {
  readonly totalIterations: number;
  /** `optim.scheduler_type`; default `fvcore`. */
  readonly type?: SchedulerType | undefined;
  /** Learning rate of the optimizer's options, where the schedules of PyTorch start. */
  readonly baseLr: number;
  readonly compat?: boolean;
}

const WHERE = "optim.scheduler";

/**
 * Builds a schedule for a run of `totalIterations`. With `type: torch` the node names a scheduler of PyTorch, which gets the
 * base rate and the length of the run; ask the result through `scheduledLr` with the same type.
 *
 * @throws L3M_BAD_OPTION for a scheduler of the other type, and for absolute lengths that do not add up to the run
 */
export function runSchedule(registry: Registry, node: ConfigNode, options: RunScheduleOptions): Schedule {
  const { totalIterations, type = "fvcore", baseLr, compat = false } = options;
  const { definition, name } = resolveNode(registry, ["schedule"], node, WHERE);
  const isTorch = definition === cosineAnnealingLR;
  if (isTorch !== (type === "torch"))
    throw new L3mError("L3M_BAD_OPTION", {
      message: isTorch
        ? `"${name}" is a scheduler of PyTorch, which a run steps in another way.`
        : `"${name}" is no scheduler of PyTorch.`,
      where: { path: "optim.scheduler_type" },
      expected: isTorch ? "torch" : "fvcore, the default",
      got: type,
      fix: `Set scheduler_type to ${isTorch ? "torch" : "fvcore"}, or name another scheduler.`,
    });
  const written = typeof node === "string" ? { schedule: node } : node;
  const own = isTorch
    ? { ...written, base_lr: written["base_lr"] ?? baseLr }
    : schedulerNode(written, totalIterations, WHERE);
  return build(registry, "schedule", own, { where: WHERE, compat }).product;
}
