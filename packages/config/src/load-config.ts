/**
 * From a config file to a resolved tree, in four steps: read the file and what it extends, merge, apply overrides,
 * resolve every `${}`. Interpolation comes last, so that an overridden constant reaches everything that refers to it.
 *
 * `compat` keeps upstream's order instead: each file is resolved alone and then merged, overrides make a tree of their own
 * that is merged last, and keys may have any name.
 */
import { isL3mError, L3mError, throwAll } from "@l3m/errors";
import { resolveTree } from "./interpolation/resolve-tree.ts";
import { createLoadedConfig, type LoadedConfig } from "./loaded-config.ts";
import { applyOverride, COMMAND_LINE, parseOverride, type KnownKeys, type Override } from "./overrides.ts";
import { overrideTree } from "./override-tree.ts";
import { readConfigFiles } from "./read-config-files.ts";
import { fromPlainTree, type ConfigNode, type ConfigTree, type MapNode } from "./tree/config-node.ts";
import { formatPath, type ConfigPath } from "./tree/config-path.ts";
import { MANDATORY, mergeNodes, type MergeReport } from "./tree/merge.ts";
import { overlayNodes } from "./tree/overlay.ts";
import { withExcerpt } from "./yaml/error-excerpt.ts";
import { knownExperimentKeys } from "./experiment/known-keys.ts";
import { knownFrameKeys } from "./upstream/known-frame-keys.ts";
import { isUpstream, translateFrame } from "./upstream/translate-frame.ts";
import { upstreamDefaults } from "./upstream/upstream-defaults.ts";

export interface LoadConfigOptions {
  /** `key=value`, `+key=value` and `~key` tokens, applied left to right. */
  readonly overrides?: readonly string[];
  /** The environment that `${oc.env:X}` reads. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Keys that an override may set although the file does not write them. Default: those of the experiment schema. */
  readonly knownKeys?: KnownKeys;
  /** Let `key=value` make keys that nothing knows, as upstream does; implied by `compat`. Default false. */
  readonly anyKey?: boolean;
  /** A file to merge under everything, as upstream merges its `configs/defaults.yaml`. Default: none. */
  readonly defaults?: string;
  /** Resolve, merge and override in upstream's order and with its leniency. Default false. */
  readonly compat?: boolean;
  /** Files merged over the config, before the overrides; in them, a node that names a thing replaces the old node. */
  readonly overlays?: readonly string[];
  /**
   * Read a config in ml-l3m's dialect (something in it has a `_target_`) over ml-l3m's defaults, and translate its frame
   * into ours. Other configs are not changed by it. Default false.
   */
  readonly upstream?: boolean;
}

/**
 * Loads a config file. The tree is checked as YAML only; `parseExperiment` checks its keys.
 * @throws L3M_CONFIG_NOT_FOUND, L3M_CONFIG_SYNTAX, L3M_CONFIG_EXTENDS, L3M_CONFIG_OVERRIDE, L3M_CONFIG_INTERPOLATION,
 *   L3M_BAD_OPTION (a list merged with a map, a mandatory `???` left over); all that are found, at once.
 */
export function loadConfig(file: string, options: LoadConfigOptions = {}): LoadedConfig {
  const report: MergeReport = { errors: [], warnings: [] };
  const { env = process.env, compat = false, defaults, overlays = [], upstream = false } = options;
  const prepare = (own: MapNode): MapNode => (compat ? resolveAlone(own, env, report) : own);
  const own = readConfigFiles(file, report, prepare);
  const translates = upstream && isUpstream(own);
  const base =
    defaults !== undefined ? readConfigFiles(defaults, report, prepare) : translates ? upstreamDefaults() : undefined;
  const merged = overlays
    .map((overlay) => readConfigFiles(overlay, report, prepare))
    .reduce<ConfigNode>(
      (node, overlay) => overlayNodes(node, overlay, [], report),
      base === undefined ? own : mergeNodes(base, own, [], report),
    );
  const known = translates ? { knownKeys: knownFrameKeys } : {};
  return finishConfig(file, merged, { ...known, ...options, upstream: translates }, report);
}

/** Upstream resolves a file before it meets any other. */
function resolveAlone(own: MapNode, env: NodeJS.ProcessEnv, report: MergeReport): MapNode {
  const { node, errors } = resolveTree(own, env);
  report.errors.push(...errors);
  return node.kind === "map" ? node : own;
}

/**
 * The same from a plain object, for programs that make their config in code; `${}` and overrides work as in a file.
 * @param name what places of errors show instead of a file
 * @throws L3M_CONFIG_OVERRIDE, L3M_CONFIG_INTERPOLATION, L3M_BAD_OPTION
 */
export function configFromTree(
  tree: { readonly [key: string]: ConfigTree },
  options: LoadConfigOptions = {},
  name = "config object",
): LoadedConfig {
  return finishConfig(name, fromPlainTree({ ...tree }, { file: name }), options, { errors: [], warnings: [] });
}

function finishConfig(file: string, merged: ConfigNode, options: LoadConfigOptions, report: MergeReport): LoadedConfig {
  const { overrides = [], env = process.env, compat = false } = options;
  const overridden = compat
    ? mergeOverrides(merged, overrides, report)
    : applyOverrides(merged, overrides, options, report);
  const resolved = resolveTree(overridden, env);
  const errors = [...report.errors, ...resolved.errors];
  throwAll((errors.length > 0 ? errors : missingValues(resolved.node, [])).map(withExcerpt));
  if (options.upstream !== true || resolved.node.kind !== "map")
    return createLoadedConfig(file, resolved.node, report.warnings);
  const translation = translateFrame(resolved.node, resolved.node, file);
  throwAll(translation.errors.map(withExcerpt));
  return createLoadedConfig(file, translation.node, [...report.warnings, ...translation.warnings]);
}

function applyOverrides(
  merged: ConfigNode,
  tokens: readonly string[],
  { knownKeys = knownExperimentKeys, anyKey = false }: LoadConfigOptions,
  report: MergeReport,
): ConfigNode {
  const edits = tokens.flatMap((token) => collectError(report, () => parseOverride(token, report)) ?? []);
  throwAll(report.errors.map(withExcerpt));
  return edits
    .map((edit): Override => (anyKey && edit.action === "set" ? { ...edit, action: "add" } : edit))
    .reduce((tree, edit) => applyOverride(tree, edit, knownKeys, report), merged);
}

function mergeOverrides(merged: ConfigNode, tokens: readonly string[], report: MergeReport): ConfigNode {
  const overlay = collectError(report, () => overrideTree(tokens, true, report));
  throwAll(report.errors.map(withExcerpt));
  return overlay === undefined ? merged : mergeNodes(merged, overlay, [], report);
}

/** The result of `work`; undefined when it fails, and then the error is in the report. */
function collectError<T>(report: MergeReport, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!isL3mError(error)) throw error;
    report.errors.push(error.at({ file: COMMAND_LINE }));
    return undefined;
  }
}

function missingValues(node: ConfigNode, path: ConfigPath): L3mError[] {
  if (node.kind === "map")
    return [...node.entries].flatMap(([key, entry]) => missingValues(entry.node, [...path, key]));
  if (node.kind === "list") return node.items.flatMap((item, index) => missingValues(item, [...path, String(index)]));
  if (node.kind !== "scalar" || node.value !== MANDATORY) return [];
  const name = formatPath(path);
  return [
    new L3mError("L3M_BAD_OPTION", {
      message: `${name} must be given: the config leaves it open with ${MANDATORY}.`,
      where: { ...node.place, path: name },
      fix: `Give it on the command line: ${name}=VALUE, or in a file that extends this one.`,
    }),
  ];
}
