/** Runs one golden case and judges it. */
import type { Registry } from "@l3m/core";
import { L3mError, L3mErrors } from "@l3m/errors";
import { type GoldenPrecision, inPrecision, unfitFor } from "./bf16.ts";
import { Comparison } from "./comparison.ts";
import type { GoldenCase, ToleranceField } from "./golden-case.ts";
import { HANDLERS, NOT_YET } from "./handlers/index.ts";
import type { Jit } from "./program.ts";
import { targetsIn, unknownTargets } from "./targets.ts";

export interface RunOptions {
  readonly registry: Registry;
  /** Reproduce recorded upstream bugs and compare everything as recorded; default false. */
  readonly compat?: boolean;
  /** What blocks compute in; the bounds of bf16 stand in bf16.ts. Default f32. */
  readonly precision?: GoldenPrecision;
  /** How the current engine compiles a function; absent on eager engines. */
  readonly jit?: Jit;
}

export type Verdict = "passed" | "failed" | "skipped";

export interface CaseResult {
  /** `<area>/<case>`. */
  readonly case: string;
  readonly handler: string;
  readonly verdict: Verdict;
  /** Largest `|a - b|` of all compared values; 0 when everything is exact. */
  readonly maxError: number;
  /** Largest share of the tolerance that a value used; above 1 it failed. */
  readonly ofTolerance: number;
  readonly tolerance: ToleranceField | undefined;
  /** Why it failed or was skipped. */
  readonly reason?: string;
  readonly seconds: number;
}

/** Runs a case on the current tfjs backend. Whatever goes wrong is a failed verdict with its reason. */
export async function runCase(recorded: GoldenCase, options: RunOptions): Promise<CaseResult> {
  const { precision = "f32" } = options;
  const golden = inPrecision(recorded, precision);
  const start = performance.now();
  const result = (verdict: Verdict, comparison: Comparison, reason?: string): CaseResult => ({
    case: `${golden.area}/${golden.name}`,
    handler: golden.handler,
    verdict,
    maxError: comparison.maxError,
    ofTolerance: comparison.maxOfTolerance,
    tolerance: golden.tolerance,
    seconds: (performance.now() - start) / 1000,
    ...(reason === undefined ? {} : { reason }),
  });
  const handler = HANDLERS[golden.handler];
  if (handler === undefined) {
    const missing = NOT_YET[golden.handler];
    return missing === undefined
      ? result("failed", new Comparison(), `unknown handler "${golden.handler}"`)
      : result("skipped", new Comparison(), missing);
  }
  const lacking = handler.missing?.(golden) ?? unfitFor(golden, precision);
  if (lacking !== undefined) return result("skipped", new Comparison(), lacking);
  const unknown = unknownTargets(options.registry, targetsIn(handler.builds(golden)), handler.functions);
  try {
    const comparison = await handler.run(golden, {
      registry: options.registry,
      compat: options.compat ?? false,
      precision,
      jit: options.jit,
    });
    if (comparison.count === 0) return result("failed", comparison, "the case compares nothing");
    return comparison.differences.length === 0
      ? result("passed", comparison)
      : result("failed", comparison, comparison.differences.join("; "));
  } catch (error) {
    // a name that nothing registers may stand in an option that is ignored, so only the building can tell
    if (unknown.length > 0 && isUnknownName(error))
      return result("skipped", new Comparison(), `not registered: ${unknown.join(", ")}`);
    return result("failed", new Comparison(), error instanceof Error ? error.message : String(error));
  }
}

function isUnknownName(error: unknown): boolean {
  if (error instanceof L3mErrors) return error.errors.some(isUnknownName);
  return error instanceof L3mError && ["L3M_UNKNOWN_NAME", "L3M_MISSING_PLUGIN"].includes(error.code);
}
