/**
 * `l3m check`: everything that can be said about a config without running it. The model is built dry (initialisers are
 * data), so nothing is allocated and no data is read.
 */
import { build, buildModel, type Registry } from "@l3m/core";
import { didYouMean, isL3mError, L3mError, L3mErrors } from "@l3m/errors";
import type { ExperimentConfig, RegistryNode } from "../experiment/experiment-config.ts";
import { parseExperiment } from "../experiment/parse-experiment.ts";
import { scoresSet } from "../experiment/scores-set.ts";
import type { LoadedConfig } from "../loaded-config.ts";
import { parsePath } from "../tree/config-path.ts";
import type { ConfigWarning } from "../tree/stale-options.ts";
import { withExcerpt } from "../yaml/error-excerpt.ts";
import { checkNodes } from "./check-nodes.ts";
import { keyFlowReport, type KeyFlowReport, type KeyReader, type UnwrittenRead } from "./key-flow-report.ts";
import { parameterTable, type ParameterTable } from "./parameter-table.ts";

export interface CheckOptions {
  /** DataDict keys of a training batch. Without them, keys that nothing wrote are reported as what the data must bring. */
  readonly dataKeys?: readonly string[];
  /** DataDict keys of a batch of each validation set, where the metrics run. Without them metrics are held against `dataKeys`. */
  readonly validationKeys?: Readonly<Record<string, readonly string[]>>;
}

/** What a check found. `keyFlow` and `parameters` are null when the model cannot be built. */
export interface CheckReport {
  readonly file: string;
  /** Every mistake, with file, line and column. */
  readonly errors: readonly L3mError[];
  readonly warnings: readonly ConfigWarning[];
  readonly keyFlow: KeyFlowReport | null;
  readonly parameters: ParameterTable | null;
  /** Metrics that a validation set cannot feed and that are left out there; of ml-l3m's files only. */
  readonly idleMetrics: readonly IdleMetric[];
}

export interface IdleMetric {
  /** `metrics.0` */
  readonly path: string;
  readonly set: string;
}

/** Checks a loaded config against a registry. Throws nothing: mistakes are in the report. */
export function checkConfig(config: LoadedConfig, registry: Registry, options: CheckOptions = {}): CheckReport {
  const findings = new Findings(config);
  const nothing = {
    file: config.file,
    errors: findings.errors,
    warnings: findings.warnings,
    keyFlow: null,
    parameters: null,
    idleMetrics: findings.idleMetrics,
  };
  const experiment = findings.attempt(() => parseExperiment(config));
  if (experiment === undefined) return nothing;
  for (const error of checkNodes(experiment, registry)) findings.add(error);
  if (findings.errors.length > 0) return nothing;

  const model = findings.attempt(() =>
    buildModel(registry, experiment.model.meta_model, { where: MODEL, compat: experiment.compat }),
  );
  if (model === undefined) return nothing;
  const readers = readersOf(experiment, registry, findings);
  const { dataKeys = null, validationKeys = null } = options;
  const flow = model.root.flow();
  const keyFlow = keyFlowReport(flow, readers, dataKeys);
  const inTraining = ({ port, path }: UnwrittenRead): boolean =>
    validationKeys === null || port !== null || path === "loss";
  if (dataKeys !== null) for (const read of keyFlow.unwritten) if (inTraining(read)) findings.addUnwritten(read);
  for (const [set, keys] of Object.entries(validationKeys ?? {})) {
    const lossPath = experiment.val_loss === null ? "loss" : "val_loss";
    const after = readers.filter(({ path, node }) =>
      path.startsWith("metrics.") ? scoresSet(node, set, experiment.compat) : path === lossPath,
    );
    for (const read of keyFlowReport(flow, after, keys).unwritten) {
      if (readers.some(({ path, node }) => path === read.path && isUngated(path, node))) findings.addIdle(read, set);
      else findings.addUnwritten(read, set);
    }
  }
  return { ...nothing, keyFlow, parameters: parameterTable(model) };
}

const MODEL = "model.meta_model";

/** A metric in ml-l3m's words that names no data set; there it would never be computed. */
function isUngated(path: string, node: RegistryNode): boolean {
  return path.startsWith("metrics.") && typeof node === "object" && "_target_" in node && !("dataset_name" in node);
}

interface NodeReader extends KeyReader {
  readonly node: RegistryNode;
}

/** What reads keys after the model: the losses and the metrics. */
function readersOf(
  { loss, val_loss, metrics, compat }: ExperimentConfig,
  registry: Registry,
  findings: Findings,
): NodeReader[] {
  const reader = (kind: "loss" | "metric", node: RegistryNode, path: string): NodeReader[] => {
    const built = findings.attempt(() => build(registry, kind, node, { where: path, compat }));
    return built === undefined ? [] : [{ path, node, reads: built.product.reads }];
  };
  return [
    ...reader("loss", loss, "loss"),
    ...(val_loss === null ? [] : reader("loss", val_loss, "val_loss")),
    ...metrics.flatMap((node, index) => reader("metric", node, `metrics.${index}`)),
  ];
}

/** Collects errors and warnings, and gives each the place of its node in the user's files. */
class Findings {
  readonly errors: L3mError[] = [];
  readonly warnings: ConfigWarning[];
  readonly idleMetrics: IdleMetric[] = [];
  private readonly config: LoadedConfig;
  private readonly unwritten = new Set<string>();

  constructor(config: LoadedConfig) {
    this.config = config;
    this.warnings = [...config.warnings];
  }

  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof L3mErrors) for (const one of error.errors) this.add(one);
      else if (isL3mError(error)) this.add(error);
      else throw error;
      return undefined;
    }
  }

  add(error: L3mError): void {
    this.errors.push(withExcerpt(placeError(error, this.config)));
  }

  /** A metric that its validation set does not feed. */
  addIdle({ path, key }: UnwrittenRead, set: string): void {
    if (this.idleMetrics.some((idle) => idle.path === path && idle.set === set)) return;
    this.idleMetrics.push({ path, set });
    const why = `the validation set "${set}" does not bring "${key}"`;
    this.warnings.push({ message: `${path} is left out: ${why}.`, where: this.config.place(path) });
  }

  /** `set` is the validation set without the key; undefined = the training data. A read that fails in several of them is said once. */
  addUnwritten({ path, port, key, available, afterOpaque }: UnwrittenRead, set?: string): void {
    const id = `${path} ${port ?? ""} ${key}`;
    if (this.unwritten.has(id)) return;
    this.unwritten.add(id);
    const inModel = port !== null;
    const node = inModel ? [MODEL, path].filter((part) => part !== "").join(".") : path;
    const where = this.config.place(node);
    const reader = inModel ? `${path || "The model"} (port ${port})` : path;
    const inSet = set === undefined ? "" : ` in the validation set "${set}"`;
    const message = `${reader} reads "${key}", which nothing wrote${inSet}.${didYouMean(key, available)}`;
    if (afterOpaque) {
      this.warnings.push({ message: `${message} A block before it does not say what it writes.`, where });
      return;
    }
    this.add(
      new L3mError("L3M_MISSING_KEY", {
        message,
        where,
        expected: `one of ${available.join(", ")}`,
        got: key,
        fix: "Set its read_key to one of these keys, or put the block that writes the key before it.",
      }),
    );
  }
}

/** The error with file, line and column of the config path that it names. */
export function placeError(error: L3mError, config: Pick<LoadedConfig, "place">): L3mError {
  const { where } = error.details;
  if (where?.path === undefined || where.path === "" || where.file !== undefined) return error;
  return error.at(config.place(parsePath(where.path), error.code === "L3M_UNKNOWN_OPTION" ? "key" : "value"));
}
