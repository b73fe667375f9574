/** Lengths of a composite schedule as shares of the run. */
import { scheduleError } from "./schedule-error.ts";

/** Each length over the sum of all. */
export function relativeLengths(lengths: readonly number[]): number[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return lengths.map((length) => length / total);
}

/**
 * A scheduler node of a config made ready for a run: `lengths` become shares, `absolute_lengths` is checked and removed.
 * Other nodes come back as they are.
 *
 * @throws L3M_BAD_OPTION when absolute lengths do not add up to `totalIterations`.
 */
export function schedulerNode(
  node: Readonly<Record<string, unknown>>,
  totalIterations: number,
  where = "optim.scheduler",
): Record<string, unknown> {
  const { absolute_lengths: absolute, ...rest } = node;
  const { lengths } = rest;
  if (!isNumbers(lengths)) return rest;
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (absolute === true && total !== totalIterations) {
    throw scheduleError(
      "The lengths of the schedule do not add up to the run.",
      `a sum of ${totalIterations} iterations`,
      lengths,
      `${where}.lengths`,
    );
  }
  return { ...rest, lengths: relativeLengths(lengths) };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}
