/** Learning rates of a run. */
import type { Schedule } from "@l3m/core";
import type { ParamGroup } from "../groups/param-groups.ts";

/** Whose rules a run steps its schedule by: those of fvcore (a function of progress) or of PyTorch's schedulers. */
export type SchedulerType = "fvcore" | "torch";

/**
 * Learning rate of a group in iteration `iteration` (from 0) of `total`. `fvcore`: the schedule at `iteration / total`, times
 * the group's factor. `torch`: one step ahead, since ml-l3m steps these schedulers before the optimizer: the first iteration
 * takes the second value and the last one the end value; factors of groups do nothing.
 */
export function scheduledLr(
  schedule: Schedule,
  { iteration, total }: { readonly iteration: number; readonly total: number },
  { lrScale = 1 }: Pick<ParamGroup, "lrScale">,
  type: SchedulerType = "fvcore",
): number {
  return type === "torch" ? schedule((iteration + 1) / total) : schedule(iteration / total) * lrScale;
}
