/** Inverse power law. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";
import { scheduleError } from "./schedule-error.ts";

const options = z.strictObject({
  start_value: z.number().positive().describe("Value at 0."),
  end_value: z.number().positive().describe("Value at 1, below start_value."),
  power: z.number().default(-0.5).describe("Exponent, negative; -0.5 is the inverse square root."),
});

/** `start ((o + where) / o)^power`, with the offset o that makes the value at 1 end_value. */
export const invPower = defineSchedule({
  name: "inv-power",
  summary: "Inverse power law from start_value to end_value.",
  aliases: ["l3m.optim.scheduler.InvPowerScheduler"],
  positional: ["start_value", "end_value", "power"],
  options,
  build({ start_value, end_value, power }, context) {
    if (end_value >= start_value)
      throw scheduleError("An inverse power law falls.", `end_value below ${start_value}`, end_value, context.where);
    if (power >= 0)
      throw scheduleError("An inverse power law has a negative power.", "power below 0", power, context.where);
    const offset = 1 / ((end_value / start_value) ** (1 / power) - 1);
    return (where) => (start_value * (offset + where) ** power) / offset ** power;
  },
});
