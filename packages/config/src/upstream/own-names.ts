/** `{ _target_: l3m.model..., ...options }` -> `{ block: ns/name, ...options }`: ml-l3m's names of things become ours. */
import { type Kind, kindKey, PARENT_OPTIONS, type Registry } from "@l3m/core";
import { isL3mError, type L3mError } from "@l3m/errors";
import { toPlainTree, type ConfigNode, type MapEntry, type MapNode } from "../tree/config-node.ts";
import { formatPath, type ConfigPath } from "../tree/config-path.ts";

/** Keys of ml-l3m's dialect that say how to build, and are no options. */
const DIRECTIVES: readonly string[] = ["_target_", "_partial_", "_args_", "_recursive_", "_convert_"];

/** The tree with every target of the registry under our name. Targets that it does not know are errors. */
export function withOwnNames(
  node: ConfigNode,
  registry: Registry,
  errors: L3mError[],
  path: ConfigPath = [],
): ConfigNode {
  const below = (child: ConfigNode, key: string): ConfigNode => withOwnNames(child, registry, errors, [...path, key]);
  if (node.kind === "list") return { ...node, items: node.items.map((item, index) => below(item, String(index))) };
  if (node.kind !== "map") return node;
  const { entries } = withOwnName(node, registry, errors, path);
  return {
    ...node,
    entries: new Map([...entries].map(([key, entry]) => [key, { ...entry, node: below(entry.node, key) }])),
  };
}

/** One node; what is inside keeps its names. */
function withOwnName(map: MapNode, registry: Registry, errors: L3mError[], path: ConfigPath): MapNode {
  const target = map.entries.get("_target_");
  if (target?.node.kind !== "scalar" || typeof target.node.value !== "string") return map;
  const where = formatPath([...path, "_target_"]);
  try {
    return renamed(map, target, registry.get(target.node.value, where));
  } catch (error) {
    if (!isL3mError(error)) throw error;
    errors.push(error.at({ ...target.node.place, path: where }));
    return map;
  }
}

function renamed(map: MapNode, target: MapEntry, { name, definition }: ReturnType<Registry["get"]>): MapNode {
  const kind: Kind = definition.kind;
  const entries = new Map<string, MapEntry>([
    [kindKey(kind), { key: target.key, node: { kind: "scalar", value: name, place: target.node.place } }],
  ]);
  const positional = map.entries.get("_args_")?.node;
  const names = definition.positional ?? [];
  for (const [index, node] of (positional?.kind === "list" ? positional.items : []).entries()) {
    const option = names[index]?.replace(/^\.\.\./, "");
    if (option !== undefined) entries.set(option, { key: node.place, node });
  }
  const partial = toPlainTree(map.entries.get("_partial_")?.node ?? map) === true;
  for (const [key, entry] of map.entries) {
    const option = definition.upstream?.[key] ?? key;
    const overruled = partial && option in definition.slots && PARENT_OPTIONS[kind]?.includes(option) === true;
    const ignored = definition.ignores?.includes(option) === true;
    if (!DIRECTIVES.includes(key) && !ignored && !overruled) entries.set(option, entry);
  }
  return { ...map, entries };
}
