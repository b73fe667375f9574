/** Compares the logs of two runs: the same steps, each once, with bit-identical numbers. */
import { readFileSync } from "node:fs";

/** What must not depend on interruptions. */
const EXACT = ["step", "loss", "lr", "grad_norm"] as const;

type Line = Readonly<Record<string, unknown>>;

/** One sentence for every difference; empty when the runs are the same. */
export function compareMetrics(expectedFile: string, gotFile: string): string[] {
  const expected = trainingLines(expectedFile);
  const got = trainingLines(gotFile);
  const differences: string[] = [];
  if (got.length !== expected.length) differences.push(`${got.length} lines instead of ${expected.length}`);
  for (const [i, line] of expected.entries()) {
    const other = got[i];
    if (other === undefined) continue;
    for (const key of EXACT) {
      // numbers are printed with all their digits, so equal numbers are equal bits
      if (!Object.is(line[key], other[key])) {
        differences.push(`line ${i + 1}: ${key} is ${String(other[key])} instead of ${String(line[key])}`);
      }
    }
  }
  return differences;
}

/** Lines of optimizer steps, without validations. */
function trainingLines(file: string): Line[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Line).filter((line) => "loss" in line);
}
