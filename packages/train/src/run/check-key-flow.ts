/** The key flow from the keys that the data really brings: a key read before anything wrote it, found before a step is traced. */
import type { Batch } from "@l3m/core";
import { checkConfig, type CheckReport, parseExperiment } from "@l3m/config";
import { isL3mError, throwAll } from "@l3m/errors";
import { type DataKeys, readDataSample } from "./open-data.ts";
import type { Experiment } from "./open-experiment.ts";
import type { Reporter } from "./reporter.ts";

/**
 * The report with the keys that the data brings.
 *
 * @throws L3M_MISSING_KEY, one for every key that nothing writes
 */
export function requireKeys({ loaded, registry }: Experiment, keys: DataKeys): CheckReport {
  const report = checkConfig(loaded, registry, keys);
  throwAll(report.errors);
  return report;
}

/** A config held against its data. */
export interface CheckedData {
  /** With the keys that the data brings. */
  readonly check: CheckReport;
  /** A training batch of one; undefined where the data was not read. */
  readonly trainBatch: Batch | undefined;
}

/** Data may be missing where a config is checked, or not be fetched yet. */
const DATA_IS_NOT_HERE: readonly string[] = ["L3M_DATA_NOT_FOUND", "L3M_DOWNLOAD"];

/**
 * The report of {@link inspectExperiment} with the keys that the data brings: reads one sample of every split, which prepares
 * the data. Data that is not there is a warning: a config can be checked without it.
 */
export async function inspectData(inspected: Omit<Experiment, "config">, reporter: Reporter): Promise<CheckedData> {
  const { check, loaded, registry } = inspected;
  if (check.errors.length > 0) return { check, trainBatch: undefined };
  try {
    const sample = await readDataSample({ ...inspected, config: parseExperiment(loaded) }, reporter);
    return { check: checkConfig(loaded, registry, sample), trainBatch: sample.trainBatch };
  } catch (error) {
    if (!isL3mError(error) || !DATA_IS_NOT_HERE.includes(error.code)) throw error;
    const { message, got, where = {} } = error.details;
    const warning = { message: `The data was not read: ${message}${got === undefined ? "" : ` (${got})`}`, where };
    return { check: { ...check, warnings: [...check.warnings, warning] }, trainBatch: undefined };
  }
}
