/**
 * Overrides as upstream has them: all tokens make one tree, from nothing, and that tree is merged over the config.
 *
 * The same grammar with fewer rules: no `=` means null, keys may be empty, a value that is in the way is replaced, and list
 * elements exist only in lists that an earlier token gave. With `compat`, `+`, `~` and `-` are letters of a key as well.
 */
import { asIndex, formatPath, parsePath, type ConfigPath } from "./tree/config-path.ts";
import type { ConfigNode, ListNode, MapNode } from "./tree/config-node.ts";
import { mergeNodes, type MergeReport } from "./tree/merge.ts";
import { COMMAND_LINE, malformed, readOverrideValue } from "./overrides.ts";

const PLACE = { file: COMMAND_LINE };
const EMPTY: MapNode = { kind: "map", entries: new Map(), place: PLACE };

/**
 * The tree that override tokens make; `${}` in it is not resolved.
 * @param compat take tokens that begin with `+`, `~` or `-` as upstream does: as keys of that name
 * @throws L3M_CONFIG_OVERRIDE when a token cannot be read, or begins with such a sign. Clashes of maps and lists go to `report`.
 */
export function overrideTree(tokens: readonly string[], compat: boolean, report: MergeReport): MapNode {
  return tokens.reduce<MapNode>((tree, token) => {
    if (!compat && /^[-+~]/.test(token))
      throw malformed(token, `"${token.slice(0, 1)}" needs a config to act on`, "Give plain key=value here.");
    const end = token.indexOf("=");
    const path = parsePath(end === -1 ? token : token.slice(0, end), "L3M_CONFIG_OVERRIDE", true);
    const value = readOverrideValue(token, path, report);
    const changed = set(tree, path, value, { token, path, report });
    return changed.kind === "map" ? changed : tree;
  }, EMPTY);
}

interface Setting {
  readonly token: string;
  readonly path: ConfigPath;
  readonly report: MergeReport;
}

/** `node` with `value` at the keys `rest`; what is no map or list makes way for a map. */
function set(node: ConfigNode | undefined, rest: ConfigPath, value: ConfigNode, setting: Setting): ConfigNode {
  const [key, ...below] = rest;
  if (key === undefined) return replaceOrMerge(node, value, setting);
  if (node?.kind === "list") return setElement(node, key, (item) => set(item, below, value, setting), setting);
  const entries = new Map(node?.kind === "map" ? node.entries : []);
  const old = entries.get(key);
  entries.set(key, { node: set(old?.node, below, value, setting), key: old?.key ?? PLACE });
  return { kind: "map", entries, place: PLACE };
}

/** Maps and lists merge where one stands already; everything else replaces. */
function replaceOrMerge(node: ConfigNode | undefined, value: ConfigNode, { path, report }: Setting): ConfigNode {
  const both = [node, value].every((one) => one?.kind === "map" || one?.kind === "list");
  return node !== undefined && both ? mergeNodes(node, value, path, report) : value;
}

function setElement(
  list: ListNode,
  key: string,
  change: (item: ConfigNode) => ConfigNode,
  { token, path }: Setting,
): ConfigNode {
  const index = asIndex(key);
  const item = index === undefined ? undefined : list.items[index];
  if (index === undefined || item === undefined)
    throw malformed(token, `${formatPath(path)} has no element "${key}"`, "Give the whole list.");
  return { ...list, items: list.items.toSpliced(index, 1, change(item)) };
}
