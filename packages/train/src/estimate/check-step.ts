/** The part of `l3m check` that looks at a training step: what it costs, and what in it does not fit together. */
import { type CheckReport, parseExperiment, placeError } from "@l3m/config";
import { isL3mError } from "@l3m/errors";
import type { CheckedData } from "../run/check-key-flow.ts";
import type { Experiment } from "../run/open-experiment.ts";
import type { Reporter } from "../run/reporter.ts";
import { compileStep } from "./compile-step.ts";
import { estimateStep } from "./estimate-step.ts";
import { formatEstimate } from "./format-estimate.ts";
import { batchTypes } from "./step-arguments.ts";

export interface CheckedStep {
  /** With the mistakes that tracing the step brought to light. */
  readonly check: CheckReport;
  /** For people; undefined when there are mistakes. */
  readonly estimate: string | undefined;
}

/**
 * Traces the step of a config that has no mistakes so far.
 *
 * @param compile also compile it on the config's engine, which needs its plugin
 * @throws L3mError of the engine, with `compile`
 */
export async function checkStep(
  inspected: Omit<Experiment, "config">,
  { check, trainBatch }: CheckedData,
  compile: boolean,
  reporter: Reporter,
): Promise<CheckedStep> {
  if (check.errors.length > 0) return { check, estimate: undefined };
  const experiment = { ...inspected, config: parseExperiment(inspected.loaded) };
  const types = trainBatch === undefined ? undefined : batchTypes(trainBatch, experiment.config.data.train.batch_size);
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
