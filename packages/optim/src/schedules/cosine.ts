/** Half a cosine wave (Loshchilov and Hutter 2017). */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";

export const cosine = defineSchedule({
  name: "cosine",
  summary: "From start_value to end_value along half a cosine wave.",
  aliases: ["fvcore.common.param_scheduler.CosineParamScheduler"],
  positional: ["start_value", "end_value"],
  options: z.strictObject({
    start_value: z.number().describe("Value at 0."),
    end_value: z.number().describe("Value at 1."),
  }),
  build:
    ({ start_value, end_value }) =>
    (where) =>
      end_value + 0.5 * (start_value - end_value) * (1 + Math.cos(Math.PI * where)),
});
