/** Runs every case under some folders. */
import { matchesGlob } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { findCases } from "./find-cases.ts";
import { loadCase } from "./golden-case.ts";
import { runCase, type CaseResult, type RunOptions } from "./run-case.ts";

export interface RunGoldensOptions extends RunOptions {
  /** Shell pattern on `<area>/<case>`, or on the case alone. */
  readonly only?: string;
  /** Called after each case. */
  readonly onResult?: (result: CaseResult) => void;
}

/** Results in the order of the files. A file that is no case gives a failed result. */
export async function runGoldens(dirs: readonly string[], options: RunGoldensOptions): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const file of findCases(dirs)) {
    const result = await runFile(file, options);
    if (result === undefined) continue;
    results.push(result);
    options.onResult?.(result);
  }
  return results;
}

async function runFile(file: string, options: RunGoldensOptions): Promise<CaseResult | undefined> {
  try {
    const golden = loadCase(file);
    const { only } = options;
    if (only !== undefined && !matchesGlob(`${golden.area}/${golden.name}`, only) && !matchesGlob(golden.name, only))
      return undefined;
    return await runCase(golden, options);
  } catch (error) {
    if (!(error instanceof L3mError)) throw error;
    return {
      case: file,
      handler: "",
      verdict: "failed",
      maxError: 0,
      ofTolerance: 0,
      tolerance: undefined,
      reason: error.message,
      seconds: 0,
    };
  }
}
