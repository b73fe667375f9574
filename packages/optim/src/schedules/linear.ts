/** Straight line. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";

export const linear = defineSchedule({
  name: "linear",
  summary: "From start_value to end_value in a straight line.",
  aliases: ["fvcore.common.param_scheduler.LinearParamScheduler"],
  positional: ["start_value", "end_value"],
  options: z.strictObject({
    start_value: z.number().describe("Value at 0."),
    end_value: z.number().describe("Value at 1."),
  }),
  build:
    ({ start_value, end_value }) =>
    (where) =>
      end_value * where + start_value * (1 - where),
});
