/** Steps at milestones. */
import { defineSchedule } from "@l3m/core";
import * as z from "zod";
import { scheduleError } from "./schedule-error.ts";
import { WHERE_EPSILON } from "./step.ts";

const options = z.strictObject({
  values: z.array(z.number()).min(1).describe("Values in order."),
  num_updates: z.int().positive().nullish().describe("Length of the run in updates; default the last milestone."),
  milestones: z
    .array(z.int())
    .nullish()
    .describe("Updates at which the next value starts; default equal parts of num_updates."),
});

export const multiStep = defineSchedule({
  name: "multi-step",
  summary: "The values one after the other, changing at milestones.",
  aliases: ["fvcore.common.param_scheduler.MultiStepParamScheduler"],
  positional: ["values", "num_updates", "milestones"],
  options,
  build(given, context) {
    const { values } = given;
    const { updates, milestones } = readMilestones(given, context.where);
    if (updates < values.length)
      throw scheduleError(
        "There are more values than updates.",
        `at most ${updates} values`,
        values.length,
        context.where,
      );
    for (const [i, milestone] of milestones.entries()) {
      const ascending = milestone > (milestones[i - 1] ?? 0) && milestone < updates;
      if (!ascending)
        throw scheduleError(
          "Milestones rise, and lie inside the run.",
          `rising numbers between 0 and ${updates}`,
          milestones,
          context.where,
        );
    }
    return (where) => {
      if (where > 1) throw scheduleError("A schedule is asked between 0 and 1.", "at most 1", where, context.where);
      const update = Math.trunc((where + WHERE_EPSILON) * updates);
      return values[milestones.filter((milestone) => milestone <= update).length] as number;
    };
  },
});

function readMilestones(
  given: z.infer<typeof options>,
  where: string,
): { updates: number; milestones: readonly number[] } {
  const { values, num_updates } = given;
  if (given.milestones == null) {
    if (num_updates == null)
      throw scheduleError("The steps have no places.", "num_updates, or milestones", null, where);
    const width = Math.ceil(num_updates / values.length);
    return { updates: num_updates, milestones: Array.from({ length: values.length - 1 }, (_, i) => width * (i + 1)) };
  }
  const wanted = values.length - (num_updates == null ? 0 : 1);
  if (given.milestones.length !== wanted)
    throw scheduleError("Values and milestones do not match.", `${wanted} milestones`, given.milestones, where);
  const last = given.milestones.at(-1) as number;
  return num_updates == null
    ? { updates: last, milestones: given.milestones.slice(0, -1) }
    : { updates: num_updates, milestones: given.milestones };
}
