/** Scores of a validation set beside their untrained baselines. */
import type { ScoreRow } from "./reporter.ts";

/** A metric reports the baseline of score `x` as `baseline/x`. */
const BASELINE = "baseline/";

/** Rows of `<set>/<score>` for one set; baseline scores become the second column of the score that they belong to. */
export function scoreRows(scores: Readonly<Record<string, number>>, set: string): ScoreRow[] {
  const own = Object.entries(scores).flatMap(([name, value]) =>
    name.startsWith(`${set}/`) ? [[name.slice(set.length + 1), value] as const] : [],
  );
  const baselines = new Map(
    own.filter(([name]) => name.startsWith(BASELINE)).map(([name, value]) => [name.slice(BASELINE.length), value]),
  );
  return own
    .filter(([name]) => !name.startsWith(BASELINE))
    .map(([name, value]) => {
      const baseline = baselines.get(name);
      return baseline === undefined ? { name, value } : { name, value, baseline };
    });
}
