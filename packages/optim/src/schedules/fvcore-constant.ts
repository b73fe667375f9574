/** One value, 1 excluded. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";
import { scheduleError } from "./schedule-error.ts";

/** fvcore's constant schedule, which refuses the end point; `constant` does not. */
export const fvcoreConstant = defineSchedule({
  name: "fvcore-constant",
  summary: "The same value on [0, 1).",
  aliases: ["fvcore.common.param_scheduler.ConstantParamScheduler"],
  positional: ["value"],
  options: z.strictObject({ value: z.number().describe("The value.") }),
  build:
    ({ value }, context) =>
    (where) => {
      if (where >= 1) throw scheduleError("This schedule is asked before 1.", "below 1", where, context.where);
      return value;
    },
});
