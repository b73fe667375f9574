/** The validation sets of a run, each with the metrics that score it. */
import path from "node:path";
import { build, type Metric } from "@l3m/core";
import { scoresSet } from "@l3m/config";
import type { ValidationSet } from "../evaluate.ts";
import { requireKeys } from "./check-key-flow.ts";
import { openValidationData } from "./open-data.ts";
import type { Experiment } from "./open-experiment.ts";
import type { Reporter } from "./reporter.ts";

/**
 * Opens every set, and holds the whole config against the keys that the data brings.
 *
 * @param dataKeys DataDict keys of a training batch
 * @throws L3M_MISSING_KEY, one for every key that nothing writes; the errors of opening the data
 */
export async function openValidation(
  experiment: Experiment,
  dataKeys: readonly string[],
  reporter: Reporter,
): Promise<ValidationSet[]> {
  const { config, registry, loaded } = experiment;
  const { compat } = config;
  const resolveFile = (file: string): string => path.resolve(path.dirname(loaded.file), file);
  const metrics = config.metrics.map((node, i) => {
    const where = `metrics.${i}`;
    return { node, where, metric: build(registry, "metric", node, { where, compat, resolveFile }).product };
  });
  const opened = await Promise.all(
    Object.keys(config.data.val ?? {}).map(
      async (name) => [name, await openValidationData(experiment, name, reporter)] as const,
    ),
  );
  const validationKeys = Object.fromEntries(opened.map(([name, { keys }]) => [name, keys]));
  const { idleMetrics } = requireKeys(experiment, { dataKeys, validationKeys });
  for (const { path, set } of idleMetrics) reporter.warn(`${path} is left out on "${set}", which does not feed it.`);
  return opened.map(([name, source]) => ({
    name,
    source,
    metrics: metrics
      .filter(({ node }) => scoresSet(node, name, compat))
      .filter(({ where }) => !idleMetrics.some((idle) => idle.path === where && idle.set === name))
      .map(({ metric }): Metric => metric),
  }));
}
