/** Equal steps. */
import { defineSchedule, type Schedule } from "@l3m/core";
import * as z from "zod";
import { scheduleError } from "./schedule-error.ts";

/** A value belongs to the interval that starts within this distance after the point asked for, as in fvcore. */
export const WHERE_EPSILON = 1e-6;

/** `values[i]` on the i-th of equal parts of [0, 1); the end point has no value. */
export function equalSteps(values: readonly number[], path: string): Schedule {
  return (where) => {
    const value = values[Math.trunc((where + WHERE_EPSILON) * values.length)];
    if (value === undefined)
      throw scheduleError("A step schedule has no value here.", "a point in [0, 1)", where, path);
    return value;
  };
}

export const step = defineSchedule({
  name: "step",
  summary: "The values one after the other, for equal parts of the run.",
  aliases: ["fvcore.common.param_scheduler.StepParamScheduler"],
  positional: ["num_updates", "values"],
  options: z.strictObject({
    num_updates: z.number().positive().describe("Length of the run; without effect on the values."),
    values: z.array(z.number()).min(1).describe("Values in order."),
  }),
  build: ({ values }, context) => equalSteps(values, context.where),
});
