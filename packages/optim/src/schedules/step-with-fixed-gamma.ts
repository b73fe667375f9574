/** Equal steps that shrink by a factor. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";
import { equalSteps } from "./step.ts";

const options = z.strictObject({
  base_value: z.number().positive().describe("First value."),
  num_decays: z.int().positive().describe("How often it shrinks."),
  gamma: z.number().positive().describe("Factor of each time."),
  num_updates: z.int().positive().describe("Length of the run; without effect on the values."),
});

export const stepWithFixedGamma = defineSchedule({
  name: "step-with-fixed-gamma",
  summary: "base_value, then times gamma after every of num_decays + 1 equal parts of the run.",
  aliases: ["fvcore.common.param_scheduler.StepWithFixedGammaParamScheduler"],
  positional: ["base_value", "num_decays", "gamma", "num_updates"],
  options,
  build({ base_value, num_decays, gamma }, context) {
    const values = [base_value];
    for (let i = 0; i < num_decays; i++) values.push((values[i] as number) * gamma);
    return equalSteps(values, context.where);
  },
});
