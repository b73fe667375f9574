/** A config of ml-l3m -> YAML of ours that says the same, with its interpolations, and comments on what changed. */
import { basename } from "node:path";
import type { Registry } from "@l3m/core";
import { invariant, L3mError, throwAll } from "@l3m/errors";
import { resolveTree } from "../interpolation/resolve-tree.ts";
import { readConfigFiles } from "../read-config-files.ts";
import { toPlainTree, type ConfigNode, type MapEntry, type MapNode } from "../tree/config-node.ts";
import { formatPath, type ConfigPath } from "../tree/config-path.ts";
import { mergeNodes, type MergeReport } from "../tree/merge.ts";
import { withExcerpt } from "../yaml/error-excerpt.ts";
import { writeYaml } from "../yaml/write-yaml.ts";
import { FRAME_KEYS } from "./frame-keys.ts";
import { withOwnNames } from "./own-names.ts";
import { isUpstream, translateFrame } from "./translate-frame.ts";
import { UPSTREAM_DEFAULTS, upstreamDefaults } from "./upstream-defaults.ts";

/**
 * Imports a file.
 *
 * @param env the environment that `${oc.env:X}` reads
 * @throws what loading the file throws, L3M_UNKNOWN_NAME for targets that no plugin registers, L3M_USAGE for a file that is
 *   ours already; all that are found, at once
 */
export function importConfig(file: string, registry: Registry, env: NodeJS.ProcessEnv = process.env): string {
  const report: MergeReport = { errors: [], warnings: [] };
  const own = readConfigFiles(file, report);
  throwAll(report.errors.map(withExcerpt));
  if (!isUpstream(own))
    throw new L3mError("L3M_USAGE", {
      message: `${file} has no _target_: it is not a config of ml-l3m.`,
      where: { file },
    });
  const merged = mergeNodes(upstreamDefaults(), own, [], report);
  invariant(merged.kind === "map", "two maps merge into a map");
  const values = resolveTree(merged, env);
  const translation = translateFrame(merged, values.node, file);
  throwAll([...report.errors, ...values.errors, ...translation.errors].map(withExcerpt));
  const errors: L3mError[] = [];
  const named = withOwnNames(translation.node, registry, errors);
  throwAll(errors.map(withExcerpt));
  invariant(named.kind === "map", "a frame stays a map");
  const written = withoutUnusedDefaults(withSettledText(named, textValues(merged, values.node), env));
  const idle = translation.warnings.map(({ message }) => `Left out: ${message}`);
  return writeYaml(inOrder(written), {
    head: [`${basename(file)} of ml-l3m, imported by l3m import-config.`, ...idle],
    comments: changedKeys(),
  });
}

/** Sections in the order in which our own configs have them. */
const SECTIONS: readonly string[] = ["experiment", "mesh", "constants", "data", "model", "loss", "val_loss", "metrics"];

function inOrder(root: MapNode): MapNode {
  const rank = (key: string): number => (SECTIONS.includes(key) ? SECTIONS.indexOf(key) : SECTIONS.length);
  return { ...root, entries: new Map([...root.entries].sort(([a], [b]) => rank(a) - rank(b))) };
}

/** What every `${}` of a tree stands for; nodes keep their identity when they move. */
function textValues(
  node: ConfigNode,
  resolved: ConfigNode,
  known = new Map<ConfigNode, ConfigNode>(),
): ReadonlyMap<ConfigNode, ConfigNode> {
  if (node.kind === "text") known.set(node, resolved);
  if (node.kind === "list" && resolved.kind === "list")
    for (const [index, item] of node.items.entries()) textValues(item, resolved.items[index] ?? item, known);
  if (node.kind === "map" && resolved.kind === "map")
    for (const [key, entry] of node.entries)
      textValues(entry.node, resolved.entries.get(key)?.node ?? entry.node, known);
  return known;
}

/** An interpolation that refers to a key which is gone gives way to its value. */
function withSettledText(root: MapNode, values: ReadonlyMap<ConfigNode, ConfigNode>, env: NodeJS.ProcessEnv): MapNode {
  const broken = new Set(resolveTree(root, env).errors.map(({ details }) => details.where?.path ?? ""));
  const settle = (node: ConfigNode, path: ConfigPath): ConfigNode => {
    if (node.kind === "text") return broken.has(formatPath(path)) ? (values.get(node) ?? node) : node;
    if (node.kind === "list")
      return { ...node, items: node.items.map((item, index) => settle(item, [...path, String(index)])) };
    return node.kind === "map"
      ? { ...node, entries: mapEntries(node, (child, key) => settle(child, [...path, key])) }
      : node;
  };
  const settled = settle(root, []);
  return settled.kind === "map" ? settled : root;
}

/** Without the constants of ml-l3m's defaults that nothing refers to. */
function withoutUnusedDefaults(root: MapNode): MapNode {
  const constants = root.entries.get("constants");
  if (constants?.node.kind !== "map") return root;
  const text = JSON.stringify(toPlainTree(root));
  const kept = new Map(
    [...constants.node.entries].filter(
      ([key, entry]) => entry.key.file !== UPSTREAM_DEFAULTS || text.includes(`\${constants.${key}}`),
    ),
  );
  const entries = new Map(root.entries);
  if (kept.size === 0) entries.delete("constants");
  else entries.set("constants", { ...constants, node: { ...constants.node, entries: kept } });
  return { ...root, entries };
}

function mapEntries(map: MapNode, change: (node: ConfigNode, key: string) => ConfigNode): Map<string, MapEntry> {
  return new Map([...map.entries].map(([key, entry]) => [key, { ...entry, node: change(entry.node, key) }]));
}

/** Comments by path: what a key of ours is called in ml-l3m. */
function changedKeys(): ReadonlyMap<string, string> {
  const comments = new Map<string, string[]>();
  for (const rule of FRAME_KEYS) {
    if (rule.verdict !== "renamed" && rule.verdict !== "mapped") continue;
    const path = rule.to.split(/[:;,]/)[0] ?? rule.to;
    if (path === "mesh" || path === "metrics") continue;
    const name = rule.key.split(".").slice(1).join(".");
    comments.set(path, [...(comments.get(path) ?? []), name]);
  }
  return new Map([...comments].map(([path, names]) => [path, `ml-l3m: ${names.join(", ")}`]));
}
