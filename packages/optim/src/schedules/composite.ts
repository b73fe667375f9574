/** Schedules one after the other. */
import { defineSchedule, slotList } from "@l3m/core";
import * as z from "zod";
import { relativeLengths } from "./relative-lengths.ts";
import { scheduleError } from "./schedule-error.ts";
import { WHERE_EPSILON } from "./step.ts";

const options = z.strictObject({
  lengths: z
    .array(z.number().nonnegative())
    .describe("Share of the run of each schedule; they add up to 1 (within 0.001)."),
  interval_scaling: z
    .array(z.enum(["rescaled", "fixed"]))
    .describe("Each schedule sees its own progress (rescaled) or that of the run (fixed)."),
  absolute_lengths: z.boolean().nullish().describe("Lengths are iterations, and count as shares of their sum."),
});

/** A boundary, and anything within 1e-6 before it, belongs to the schedule that follows (fvcore). */
export const composite = defineSchedule({
  name: "composite",
  summary: "Schedules one after the other, such as warm-up and decay.",
  aliases: ["fvcore.common.param_scheduler.CompositeParamScheduler"],
  positional: ["schedulers", "lengths", "interval_scaling"],
  options,
  slots: { schedulers: slotList("schedule") },
  build({ schedulers, interval_scaling, ...given }, context) {
    const lengths = given.absolute_lengths === true ? relativeLengths(given.lengths) : [...given.lengths];
    const count = schedulers.length;
    if (count === 0 || lengths.length !== count || interval_scaling.length !== count) {
      const got = { schedulers: count, lengths: lengths.length, interval_scaling: interval_scaling.length };
      throw scheduleError(
        "Every schedule has one length and one scaling.",
        "three lists of the same length, not empty",
        got,
        context.where,
      );
    }
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (Math.abs(total - 1) >= 1e-3)
      throw scheduleError("The lengths do not add up.", "a sum of 1", lengths, context.where);
    if (total !== 1) lengths[count - 1] = 1 - lengths.slice(0, -1).reduce((sum, length) => sum + length, 0);
    const parts = schedulers.map((ref, i) => context.child(`schedulers.${i}`, ref));
    return (where) => {
      let i = 0;
      let end = lengths[0] as number;
      while (where + WHERE_EPSILON > end && i < count - 1) end += lengths[++i] as number;
      const length = lengths[i] as number;
      const progress = interval_scaling[i] === "fixed" ? where : (where - (end - length)) / length;
      return (parts[i] as (where: number) => number)(progress);
    };
  },
});
