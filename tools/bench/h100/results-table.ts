/** The runs of a comparison as markdown: medians over rounds, and every contestant's time over ours. */
import { median } from "./median.ts";
import { H100_PEAK_FLOPS } from "./model-flops.ts";
import type { Run } from "./run-contestant.ts";

/** `flops` of one step, for contestants that do not tell their utilisation. */
export function resultsTable(runs: readonly Run[], flops: number): string {
  const names = [...new Set(runs.map(({ who }) => who))];
  const stepOf = (who: string): number => median(runs.filter((run) => run.who === who).map(({ step_ms }) => step_ms));
  const ours = stepOf("ours");
  const rows = names.map((who) => {
    const own = runs.filter((run) => run.who === who);
    const step = stepOf(who);
    const cold = own.find(({ round }) => round === 1);
    const warm = own.filter(({ round }) => round > 1);
    const middle = (values: readonly (number | null | undefined)[], digits: number): string => {
      const known = values.filter((value): value is number => typeof value === "number");
      return known.length === 0 ? "-" : median(known).toFixed(digits);
    };
    return [
      who,
      String(own.length),
      step.toFixed(2),
      middle(
        own.map(({ min_ms }) => min_ms),
        2,
      ),
      (step / ours).toFixed(3),
      middle(
        own.map(({ samples_per_s }) => samples_per_s),
        1,
      ),
      `${((flops / (step / 1000) / H100_PEAK_FLOPS) * 100).toFixed(1)} %`,
      middle(
        own.map(({ peak_gib }) => peak_gib),
        1,
      ),
      middle([cold?.compile_s], 1),
      `${middle([cold?.first_step_s], 1)} / ${middle(
        warm.map(({ first_step_s }) => first_step_s),
        1,
      )}`,
      middle(
        own.map(({ host_ms }) => host_ms),
        2,
      ),
    ];
  });
  const head = [
    "",
    "runs",
    "step ms",
    "best",
    "times ours",
    "samples/s",
    "MFU",
    "peak GiB",
    "compile s",
    "first step s, cold / warm",
    "host ms",
  ];
  return [head, head.map((_, i) => (i === 0 ? "---" : "--:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** Largest relative difference of the first losses of two contestants, or undefined where one has none. */
export function lossDifference(runs: readonly Run[], a: string, b: string): number | undefined {
  const lossesOf = (who: string) => runs.find((run) => run.who === who && run.round === 1)?.losses;
  const [left, right] = [lossesOf(a), lossesOf(b)];
  if (left === undefined || right === undefined) return undefined;
  const differences = left.flatMap((loss, i) => {
    const other = right[i];
    return other === undefined ? [] : [Math.abs(loss - other) / Math.abs(other)];
  });
  return Math.max(...differences);
}
