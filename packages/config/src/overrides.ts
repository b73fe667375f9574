/**
 * `key=value` overrides, applied left to right over the merged config:
 *
 * - `a.b=1`, `a.0.b=2`, `a[0].b=2`: change what exists; the value is YAML (`[1, 2]`, `{x: 1}`, `null`, nothing = null);
 * - `+a.b=1`: add a key (or list element) that the config does not have;
 * - `~a.b`: delete one.
 *
 * A map given for a map merges into it; everything else replaces. A path that leads through `${...}` changes a private copy.
 */
import { didYouMean, isL3mError, L3mError } from "@l3m/errors";
import { describeNode, type ConfigNode, type ListNode, type MapEntry } from "./tree/config-node.ts";
import { asIndex, formatPath, parsePath, type ConfigPath } from "./tree/config-path.ts";
import { mergeNodes, type MergeReport } from "./tree/merge.ts";
import { readYaml } from "./yaml/read-yaml.ts";
import { SourceText } from "./yaml/source-text.ts";

/** The file name that places of overrides show. */
export const COMMAND_LINE = "command line";

/** One parsed override. */
export interface Override {
  readonly token: string;
  readonly action: "set" | "add" | "delete";
  readonly path: ConfigPath;
  /** The value to set; null for `~`. */
  readonly value: ConfigNode;
}

/** Says which children a section may have although the config does not write them; undefined for "any" or "unknown". */
export type KnownKeys = (path: ConfigPath) => readonly string[] | undefined;

/**
 * Reads one token.
 * @throws L3M_CONFIG_OVERRIDE when it is malformed.
 */
export function parseOverride(token: string, report: MergeReport): Override {
  const place = { file: COMMAND_LINE };
  const separator = token.indexOf("=");
  const sign = token[0];
  if (sign === "-")
    throw malformed(
      token,
      "an override does not begin with a dash",
      "Options of l3m stand before the config; see l3m --help.",
    );
  if (sign === "~") {
    if (separator !== -1) throw malformed(token, "a deletion takes no value", `Write ${token.slice(0, separator)}.`);
    return { token, action: "delete", path: parsePath(token.slice(1)), value: { kind: "scalar", value: null, place } };
  }
  if (separator === -1)
    throw malformed(token, `"=" is missing`, `Write ${token}=VALUE, or ~${token} to delete the key.`);
  const path = parsePath(token.slice(sign === "+" ? 1 : 0, separator));
  const value = readOverrideValue(token, path, report);
  return { token, action: sign === "+" ? "add" : "set", path, value };
}

/**
 * What stands behind the `=` of a token, as YAML; null without one.
 * @throws L3M_CONFIG_OVERRIDE when it is no YAML.
 */
export function readOverrideValue(token: string, path: ConfigPath, report: MergeReport): ConfigNode {
  const place = { file: COMMAND_LINE };
  const separator = token.indexOf("=");
  if (separator === -1) return { kind: "scalar", value: null, place };
  const reading = readYaml(new SourceText(COMMAND_LINE, token.slice(separator + 1), false));
  const [error] = reading.errors;
  if (error !== undefined)
    throw malformed(token, `the value is no YAML: ${error.details.message}`, "Quote the value twice: key='\"text\"'.");
  report.warnings.push(
    ...reading.warnings.map((warning) => ({ ...warning, where: { ...place, path: formatPath(path) } })),
  );
  return reading.node;
}

/** The tree with one override applied; what does not fit goes to `report` and leaves the tree as it was. */
export function applyOverride(root: ConfigNode, override: Override, known: KnownKeys, report: MergeReport): ConfigNode {
  const edit = new OverrideEdit(override, known, report);
  try {
    return edit.apply(root, 0);
  } catch (error) {
    if (!isL3mError(error)) throw error;
    report.errors.push(error);
    return root;
  }
}

class OverrideEdit {
  private readonly override: Override;
  private readonly known: KnownKeys;
  private readonly report: MergeReport;

  constructor(override: Override, known: KnownKeys, report: MergeReport) {
    this.override = override;
    this.known = known;
    this.report = report;
  }

  /** `node` stands at the first `depth` keys of the override's path. */
  apply(node: ConfigNode, depth: number): ConfigNode {
    const { path, value } = this.override;
    const key = path[depth];
    if (key === undefined) return mergeNodes(node, value, path, this.report);
    if (node.kind === "text" || node.kind === "patched") {
      const base = node.kind === "patched" ? node.base : node;
      const patches = node.kind === "patched" ? node.patches : [];
      return {
        kind: "patched",
        base,
        patches: [...patches, (resolved) => this.apply(resolved, depth)],
        place: node.place,
      };
    }
    if (node.kind === "list") return this.applyToList(node, key, depth);
    const entries = node.kind === "map" ? node.entries : new Map<string, MapEntry>();
    const mayHoldKeys = node.kind === "map" || node.value === null || this.override.action === "add";
    if (!mayHoldKeys) throw this.noSuchPath(depth, [], describeNode(node));
    return { kind: "map", entries: this.applyToMap(entries, key, depth), place: node.place };
  }

  private applyToMap(entries: ReadonlyMap<string, MapEntry>, key: string, depth: number): Map<string, MapEntry> {
    const { path, action } = this.override;
    const result = new Map(entries);
    const entry = entries.get(key);
    const place = { file: COMMAND_LINE };
    if (entry === undefined) {
      const known = this.known(path.slice(0, depth)) ?? [];
      const allowed = action === "add" || (action === "set" && known.includes(key));
      if (!allowed) throw this.noSuchPath(depth, [...entries.keys(), ...known], undefined);
      result.set(key, { node: this.create(depth + 1), key: place });
    } else if (action === "delete" && depth === path.length - 1) {
      result.delete(key);
    } else {
      result.set(key, { node: this.apply(entry.node, depth + 1), key: entry.key });
    }
    return result;
  }

  private applyToList(list: ListNode, key: string, depth: number): ConfigNode {
    const { path, action } = this.override;
    const index = asIndex(key);
    const item = index === undefined ? undefined : list.items[index];
    if (index === list.items.length && action === "add")
      return { ...list, items: [...list.items, this.create(depth + 1)] };
    if (index === undefined || item === undefined) {
      const last = list.items.length - 1;
      throw this.noSuchPath(depth, [], `a list${last < 0 ? " without elements" : ` with elements 0 to ${last}`}`);
    }
    const removes = action === "delete" && depth === path.length - 1;
    return { ...list, items: list.items.toSpliced(index, 1, ...(removes ? [] : [this.apply(item, depth + 1)])) };
  }

  /** The value wrapped in maps for the keys from `depth` on; below a known section every new key must be known too. */
  private create(depth: number): ConfigNode {
    const empty: ConfigNode = { kind: "map", entries: new Map(), place: { file: COMMAND_LINE } };
    return depth === this.override.path.length ? this.override.value : this.apply(empty, depth);
  }

  private noSuchPath(depth: number, candidates: readonly string[], parent: string | undefined): L3mError {
    const { path, token, action } = this.override;
    const key = path[depth] ?? "";
    const name = formatPath(path.slice(0, depth));
    const place = name === "" ? "the config" : `"${name}"`;
    const unique = [...new Set(candidates)].filter((name) => name !== key); // a known key that this config does not set
    return new L3mError("L3M_CONFIG_OVERRIDE", {
      message: `${token}: ${place} has no "${key}".${didYouMean(key, unique)}`,
      where: { file: COMMAND_LINE, path: formatPath(path) },
      ...(parent !== undefined
        ? { got: `${place} is ${parent}` }
        : unique.length > 0
          ? { expected: `one of ${unique.join(", ")}` }
          : {}),
      fix: action === "set" ? `Write +${token} to add a new key.` : "Correct the key, or leave the override out.",
    });
  }
}

/** The error for a token that cannot be read. */
export function malformed(token: string, why: string, fix: string): L3mError {
  return new L3mError("L3M_CONFIG_OVERRIDE", {
    message: `"${token}" is no override: ${why}.`,
    where: { file: COMMAND_LINE },
    expected: "key.path=value, +key.path=value or ~key.path",
    fix,
  });
}
