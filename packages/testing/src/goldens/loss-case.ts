/** What cases with a loss share: comparing it and its metrics. */
import { casts } from "./bf16.ts";
import type { Comparison } from "./comparison.ts";
import { expectedField, toleranceOf } from "./expectations.ts";
import type { GoldenCase } from "./golden-case.ts";
import type { Surroundings } from "./handler.ts";
import type { HostResult } from "./program.ts";

/** Compares `loss` and `metrics` with what a program returned under `loss` and `metric.*`. */
export function compareLoss(
  golden: GoldenCase,
  { compat, precision }: Surroundings,
  results: ReadonlyMap<string, HostResult>,
  comparison: Comparison,
): Comparison {
  const loss = expectedField(golden, compat, "loss");
  if (loss !== undefined) comparison.number("loss", results.get("loss")?.data[0], loss, toleranceOf(golden, "loss"));
  const metrics = casts(golden, precision) ? undefined : expectedField(golden, compat, "metrics");
  if (metrics !== undefined)
    comparison.numbers(
      "metrics",
      metricsIn(results),
      metrics as Record<string, unknown>,
      toleranceOf(golden, "metrics"),
    );
  return comparison;
}

/** The entries of `metric.*` as numbers. */
export function metricsIn(results: ReadonlyMap<string, HostResult>): Record<string, number> {
  const metrics = [...results].filter(([name]) => name.startsWith("metric."));
  return Object.fromEntries(metrics.map(([name, { data }]) => [name.slice("metric.".length), data[0] as number]));
}
