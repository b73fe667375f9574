/**
 * From a config file to a resolved tree, in four steps: read the file and what it extends, merge, apply overrides,
 * resolve every `${}`. Interpolation comes last, so that an overridden constant reaches everything that refers to it.
 */
import { isL3mError, L3mError, throwAll } from "@l3m/errors";
import { resolveTree } from "./interpolation/resolve-tree.ts";
import { createLoadedConfig, type LoadedConfig } from "./loaded-config.ts";
import { applyOverride, COMMAND_LINE, parseOverride, type KnownKeys, type Override } from "./overrides.ts";
import { readConfigFiles } from "./read-config-files.ts";
import { fromPlainTree, type ConfigNode, type ConfigTree } from "./tree/config-node.ts";
import { formatPath, type ConfigPath } from "./tree/config-path.ts";
import { MANDATORY, type MergeReport } from "./tree/merge.ts";
import { knownExperimentKeys } from "./experiment/known-keys.ts";

export interface LoadConfigOptions {
  /** `key=value`, `+key=value` and `~key` tokens, applied left to right. */
  readonly overrides?: readonly string[];
  /** The environment that `${oc.env:X}` reads. Default: `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Keys that an override may set although the file does not write them. Default: those of the experiment schema. */
  readonly knownKeys?: KnownKeys;
}

/**
 * Loads a config file. The tree is checked as YAML only; `parseExperiment` checks its keys.
 * @throws L3M_CONFIG_NOT_FOUND, L3M_CONFIG_SYNTAX, L3M_CONFIG_EXTENDS, L3M_CONFIG_OVERRIDE, L3M_CONFIG_INTERPOLATION,
 *   L3M_BAD_OPTION (a list merged with a map, a mandatory `???` left over); all that are found, at once.
 */
export function loadConfig(file: string, options: LoadConfigOptions = {}): LoadedConfig {
  const report: MergeReport = { errors: [], warnings: [] };
  return finishConfig(file, readConfigFiles(file, report), options, report);
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
  const { overrides = [], env = process.env, knownKeys = knownExperimentKeys } = options;
  const edits = overrides.flatMap((token) => tryParse(token, report));
  throwAll(report.errors);

  const overridden = edits.reduce((tree, edit) => applyOverride(tree, edit, knownKeys, report), merged);
  const resolved = resolveTree(overridden, env);
  const errors = [...report.errors, ...resolved.errors];
  throwAll(errors.length > 0 ? errors : missingValues(resolved.node, []));
  return createLoadedConfig(file, resolved.node, report.warnings);
}

function tryParse(token: string, report: MergeReport): Override[] {
  try {
    return [parseOverride(token, report)];
  } catch (error) {
    if (!isL3mError(error)) throw error;
    report.errors.push(error.at({ file: COMMAND_LINE }));
    return [];
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
