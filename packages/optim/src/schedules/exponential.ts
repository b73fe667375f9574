/** Exponential decay. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";

export const exponential = defineSchedule({
  name: "exponential",
  summary: "start_value * decay^where.",
  aliases: ["fvcore.common.param_scheduler.ExponentialParamScheduler"],
  positional: ["start_value", "decay"],
  options: z.strictObject({
    start_value: z.number().describe("Value at 0."),
    decay: z.number().describe("Factor over the whole run."),
  }),
  build:
    ({ start_value, decay }) =>
    (where) =>
      start_value * decay ** where,
});
