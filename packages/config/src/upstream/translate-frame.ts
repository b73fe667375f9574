/**
 * A config of ml-l3m -> the same experiment in our frame. Only the frame changes (which sections there are and what their
 * keys are called): the things that the config names keep their `_target_`, which core resolves. Keys of ours pass as they are.
 */
import { basename } from "node:path";
import type { L3mError } from "@l3m/errors";
import { toPlainTree, type ConfigNode, type ConfigTree, type MapNode, type SourcePlace } from "../tree/config-node.ts";
import type { ConfigWarning } from "../tree/stale-options.ts";
import { Frame } from "./frame.ts";
import { refusal } from "./frame-errors.ts";
import { FRAME_KEYS } from "./frame-keys.ts";
import { translateData, translateMetrics } from "./translate-data.ts";
import { translateExperiment } from "./translate-experiment.ts";
import { UPSTREAM_DEFAULTS } from "./upstream-defaults.ts";

export interface Translation {
  readonly node: MapNode;
  readonly errors: readonly L3mError[];
  /** Keys that have no effect here, by reason. */
  readonly warnings: readonly ConfigWarning[];
}

/** Whether a config is written in ml-l3m's dialect: something in it is named by `_target_`. */
export function isUpstream(node: ConfigNode): boolean {
  if (node.kind === "list") return node.items.some(isUpstream);
  if (node.kind !== "map") return false;
  return node.entries.has("_target_") || [...node.entries.values()].some((entry) => isUpstream(entry.node));
}

/**
 * Translates a merged config of ml-l3m.
 *
 * @param root its tree; `${}` may be unresolved
 * @param values the same tree, resolved: decisions look here
 * @param file names the experiment where the config does not
 */
export function translateFrame(root: MapNode, values: ConfigNode, file: string): Translation {
  const frame = new Frame(root);
  const valueAt = (path: string): ConfigTree | undefined => lookUp(values, path);
  const report = { errors: [] as L3mError[], warnings: [] as ConfigWarning[] };
  if (!frame.has("experiment.name"))
    frame.set("experiment.name", basename(file).replace(/\.[^.]*$/, ""), { file, line: 1, column: 1 });
  translateExperiment(frame, valueAt, report.errors);
  translateData(frame, valueAt, report.errors);
  applyKeys(frame, valueAt, report);
  translateMetrics(frame);
  return { node: frame.root, ...report };
}

/** Renames, drops and refuses what the table says. */
function applyKeys(
  frame: Frame,
  valueAt: (path: string) => ConfigTree | undefined,
  report: { errors: L3mError[]; warnings: ConfigWarning[] },
): void {
  const idle = new Map<string, { keys: string[]; place: SourcePlace }>();
  for (const rule of FRAME_KEYS) {
    const value = valueAt(rule.key);
    if (rule.verdict === "same" || rule.verdict === "mapped" || frame.get(rule.key) === undefined) continue;
    const entry = frame.take(rule.key);
    if (entry === undefined) continue;
    if (rule.verdict === "renamed") {
      if (!frame.has(rule.to)) frame.put(rule.to, entry);
    } else if (rule.verdict === "refused") {
      if (!rule.unless.some((fine) => fine === (value ?? null))) report.errors.push(refusal(rule, value, entry.key));
    } else if (rule.quiet !== true && entry.key.file !== UPSTREAM_DEFAULTS && value !== null && value !== undefined) {
      const group = idle.get(rule.why) ?? { keys: [], place: entry.key };
      group.keys.push(rule.key);
      idle.set(rule.why, group);
    }
  }
  for (const [why, { keys, place }] of idle)
    report.warnings.push({
      message: `${keys.join(", ")} ${keys.length === 1 ? "has" : "have"} no effect: ${why}.`,
      where: { ...place, path: keys[0] ?? "" },
    });
}

/** The plain value at a dotted path of a tree. */
function lookUp(values: ConfigNode, path: string): ConfigTree | undefined {
  const entry = new Frame(values.kind === "map" ? values : { kind: "map", entries: new Map(), place: {} }).get(path);
  return entry === undefined ? undefined : toPlainTree(entry.node);
}
