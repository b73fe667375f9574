import type { Schedule } from "@l3m/core";
import type { ParamGroup } from "../groups/param-groups.ts";

/** Learning rate of a group at progress `where` in [0, 1): the schedule's value times the group's factor. */
export function scheduledLr(schedule: Schedule, where: number, group: Pick<ParamGroup, "lrScale">): number {
  return schedule(where) * (group.lrScale ?? 1);
}
