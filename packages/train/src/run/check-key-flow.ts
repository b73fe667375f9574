/** The key flow from the keys that the data really brings: a key read before anything wrote it, found before a step is traced. */
import { checkConfig, type CheckReport, parseExperiment } from "@l3m/config";
import { isL3mError, throwAll } from "@l3m/errors";
import { type DataKeys, readDataKeys } from "./open-data.ts";
import type { Experiment } from "./open-experiment.ts";
import type { Reporter } from "./reporter.ts";

/** @throws L3M_MISSING_KEY, one for every key that nothing writes */
export function requireKeys({ loaded, registry }: Experiment, keys: DataKeys): void {
  throwAll(checkConfig(loaded, registry, keys).errors);
}

/**
 * The report of {@link inspectExperiment} with the keys that the data brings: reads one sample of every split, which prepares
 * the data. Data that is not there is a warning: a config can be checked without it.
 */
export async function inspectKeyFlow(inspected: Omit<Experiment, "config">, reporter: Reporter): Promise<CheckReport> {
  const { check, loaded, registry } = inspected;
  if (check.errors.length > 0) return check;
  try {
    return checkConfig(
      loaded,
      registry,
      await readDataKeys({ ...inspected, config: parseExperiment(loaded) }, reporter),
    );
  } catch (error) {
    if (!isL3mError(error) || error.code !== "L3M_DATA_NOT_FOUND") throw error;
    const { message, where = {} } = error.details;
    return { ...check, warnings: [...check.warnings, { message: `The data was not read: ${message}`, where }] };
  }
}
