/** A quarter of a cosine wave. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";

/** Falls slowly at first and steeply at the end, and reaches the middle of start_value and end_value, as in ml-l3m. */
export const halfCosine = defineSchedule({
  name: "half-cosine",
  summary: "From start_value along the first half of cosine decay; ends at the mean of start_value and end_value.",
  aliases: ["l3m.optim.scheduler.HalfCosineParamScheduler"],
  positional: ["start_value", "end_value"],
  options: z.strictObject({
    start_value: z.number().describe("Value at 0."),
    end_value: z.number().describe("The value at 1 is halfway to this one."),
  }),
  build:
    ({ start_value, end_value }) =>
    (where) =>
      end_value + 0.5 * (start_value - end_value) * (1 + Math.cos((Math.PI * where) / 2)),
});
