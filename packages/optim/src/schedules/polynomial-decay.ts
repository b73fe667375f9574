/** Polynomial decay to 0. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";

export const polynomialDecay = defineSchedule({
  name: "polynomial-decay",
  summary: "base_value * (1 - where)^power.",
  aliases: ["fvcore.common.param_scheduler.PolynomialDecayParamScheduler"],
  positional: ["base_value", "power"],
  options: z.strictObject({
    base_value: z.number().describe("Value at 0."),
    power: z.number().describe("Exponent; 1 is a line."),
  }),
  build:
    ({ base_value, power }) =>
    (where) =>
      base_value * (1 - where) ** power,
});
