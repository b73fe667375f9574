/** One value, 1 included. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";
import { scheduleError } from "./schedule-error.ts";

export const constant = defineSchedule({
  name: "constant",
  summary: "The same value on [0, 1].",
  aliases: ["l3m.optim.scheduler.ConstantParamScheduler"],
  positional: ["value"],
  options: z.strictObject({ value: z.number().describe("The value.") }),
  build:
    ({ value }, context) =>
    (where) => {
      if (where > 1) throw scheduleError("A schedule is asked between 0 and 1.", "at most 1", where, context.where);
      return value;
    },
});
