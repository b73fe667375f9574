/** The table of a golden run. */
import type { Tolerance, ToleranceField } from "./golden-case.ts";
import type { CaseResult, Verdict } from "./run-case.ts";

/** One line per case (case, max error, tolerance, share of it that was used, verdict), reasons below it, and the totals. */
export function formatTable(results: readonly CaseResult[]): string {
  const width = Math.max(4, ...results.map((result) => result.case.length));
  const lines = [row(width, "case", "max error", "tolerance", "used", "verdict")];
  for (const result of results) lines.push(formatRow(result, width));
  return [...lines, "", formatTotals(results)].join("\n");
}

/** One line of the table, followed by the reason when there is one. */
export function formatRow(result: CaseResult, width = 0): string {
  const error = result.verdict === "skipped" ? "-" : result.maxError.toExponential(1);
  const used = result.verdict === "skipped" ? "-" : `${(100 * result.ofTolerance).toFixed(0)}%`;
  const line = row(width, result.case, error, formatTolerance(result.tolerance), used, result.verdict);
  if (result.reason === undefined) return line;
  return result.verdict === "skipped"
    ? `${line}: ${result.reason}`
    : `${line}\n    ${result.reason.slice(0, 600).replaceAll("\n", "\n    ")}`;
}

/** `N passed, N failed, N skipped`. */
export function formatTotals(results: readonly CaseResult[]): string {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`;
}

function row(width: number, name: string, error: string, tolerance: string, used: string, verdict: string): string {
  return `${name.padEnd(width)}  ${error.padStart(9)}  ${tolerance.padEnd(15)}  ${used.padStart(5)}  ${verdict}`;
}

function formatTolerance(field: ToleranceField | undefined): string {
  if (field === undefined) return "exact";
  const { rtol, atol } = ("rtol" in field ? field : (field["outputs"] ?? { rtol: 0, atol: 0 })) as Tolerance;
  return `r ${short(rtol)} a ${short(atol)}`;
}

function short(value: number): string {
  return value === 0 ? "0" : value.toExponential(0);
}
