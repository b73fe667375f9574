/** The check that a dataset is large enough for its sampler. */
import { L3mError } from "@l3m/errors";

/** Throws `L3M_BAD_OPTION` if there are fewer than `needed` things. */
export function requireItems(sampler: string, things: string, present: number, needed: number): void {
  if (present >= needed) return;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `The dataset has too few ${things} for ${sampler}.`,
    expected: `at least ${needed} ${things}`,
    got: String(present),
    fix: "Check the dataset, or make the batch smaller.",
  });
}
