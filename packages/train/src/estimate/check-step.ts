/** The part of `l3m check` that looks at a training step: what it costs, and what in it does not fit together. */
import { type CheckReport, parseExperiment, placeError } from "@l3m/config";
import { isL3mError } from "@l3m/errors";
import type { CheckedData } from "../run/check-key-flow.ts";
import type { Experiment } from "../run/open-experiment.ts";
import type { Reporter } from "../run/reporter.ts";
import { compileStep } from "./compile-step.ts";
import { estimateStep } from "./estimate-step.ts";
import { formatEstimate } from "./format-estimate.ts";
import { batchTypes, parseBatchTypes } from "./step-arguments.ts";

export interface CheckedStep {
  /** With the mistakes that tracing the step brought to light. */
  readonly check: CheckReport;
  /** For people; undefined when there are mistakes. */
  readonly estimate: string | undefined;
}

export interface CheckStepOptions {
  /** Types of one sample by key (`text=i32[77]`), over those of the data. */
  readonly shapes?: readonly string[];
  /** Also compile the step on the config's engine, which needs its plugin. Default false. */
  readonly compile?: boolean;
  readonly reporter: Reporter;
}

/**
 * Traces the step of a config that has no mistakes so far.
 *
 * @throws L3M_USAGE for a shape that is none; with `compile` also the errors of the engine
 */
export async function checkStep(
  inspected: Omit<Experiment, "config">,
  { check, trainBatch }: CheckedData,
  { shapes = [], compile = false, reporter }: CheckStepOptions,
): Promise<CheckedStep> {
  if (check.errors.length > 0) return { check, estimate: undefined };
  const experiment = { ...inspected, config: parseExperiment(inspected.loaded) };
  const rows = experiment.config.data.train.batch_size;
  const given = parseBatchTypes(shapes, rows);
  const known = trainBatch !== undefined || shapes.length > 0;
  const types = known ? { ...(trainBatch === undefined ? {} : batchTypes(trainBatch, rows)), ...given } : undefined;
  try {
    const estimate = await estimateStep(experiment, types);
    const compiled =
      !compile || types === undefined
        ? undefined
        : await compileStep(experiment, types, { onProgress: (line) => reporter.info(line) });
    return { check, estimate: formatEstimate(estimate, compiled) };
  } catch (error) {
    if (!isL3mError(error) || compile) throw error;
    return { check: { ...check, errors: [placeError(error, inspected.loaded)] }, estimate: undefined };
  }
}
