/** The schedule of most pre-training runs: a straight line up, half a cosine wave down. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";

export const warmupCosine = defineSchedule({
  name: "warmup-cosine",
  summary: "Linear warm-up to peak, then half a cosine wave down to end_value (Loshchilov and Hutter 2017).",
  options: z.strictObject({
    peak: z.number().describe("Value at the end of the warm-up."),
    warmup: z.number().min(0).max(1).describe("Share of the run that warms up."),
    start_value: z.number().default(0).describe("Value at 0."),
    end_value: z.number().default(0).describe("Value at 1."),
  }),
  build:
    ({ peak, warmup, start_value, end_value }) =>
    (where) => {
      if (where < warmup) return start_value + (peak - start_value) * (where / warmup);
      const progress = warmup === 1 ? 0 : (where - warmup) / (1 - warmup);
      return end_value + 0.5 * (peak - end_value) * (1 + Math.cos(Math.PI * progress));
    },
});
