/** PyTorch's cosine annealing, the one of its schedulers that a run can give what it needs. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";
import { scheduleError } from "./schedule-error.ts";

const options = z.strictObject({
  eta_min: z.number().default(0).describe("Learning rate at the end of the run."),
  base_lr: z
    .number()
    .nonnegative()
    .nullish()
    .describe("Learning rate at the start; `scheduler_type: torch` gives it that of the optimizer."),
});

/**
 * `eta_min + (base_lr - eta_min) (1 + cos(pi where)) / 2` (Loshchilov and Hutter 2017). With `optim.scheduler_type: torch` the
 * run asks for it as PyTorch schedulers are stepped by ml-l3m: see `scheduledLr`. `T_max` is the length of the run, whatever a
 * config says.
 */
export const cosineAnnealingLR = defineSchedule({
  name: "cosine-annealing-lr",
  summary: "Half a cosine wave from the optimizer's learning rate to eta_min, as in PyTorch.",
  aliases: ["torch.optim.lr_scheduler.CosineAnnealingLR"],
  positional: ["optimizer", "T_max", "eta_min", "last_epoch"],
  ignores: ["optimizer", "T_max", "last_epoch", "verbose"],
  options,
  build({ eta_min, base_lr }, context) {
    if (base_lr == null)
      throw scheduleError(
        "A schedule of PyTorch starts from a rate.",
        "scheduler_type: torch, or base_lr",
        null,
        context.where,
      );
    return (where) => eta_min + 0.5 * (base_lr - eta_min) * (1 + Math.cos(Math.PI * where));
  },
});
