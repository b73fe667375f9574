/** A config's map under translation: nodes are taken from one place and put at another, and keep where they were written. */
import type { ConfigNode, ConfigTree, MapEntry, MapNode, SourcePlace } from "../tree/config-node.ts";
import { fromPlainTree } from "../tree/config-node.ts";
import { parsePath } from "../tree/config-path.ts";

export class Frame {
  #root: MapNode;

  constructor(root: MapNode) {
    this.#root = root;
  }

  get root(): MapNode {
    return this.#root;
  }

  /** The entry at a dotted path. */
  get(path: string): MapEntry | undefined {
    return parsePath(path).reduce<MapEntry | undefined>(
      (entry, key) => (entry?.node.kind === "map" ? entry.node.entries.get(key) : undefined),
      { node: this.#root, key: this.#root.place },
    );
  }

  /** Whether the path is there and not null. */
  has(path: string): boolean {
    const node = this.get(path)?.node;
    return node !== undefined && !(node.kind === "scalar" && node.value === null);
  }

  /** Names of the entries of the map at a path; none if there is no map. */
  keys(path: string): readonly string[] {
    const node = this.get(path)?.node;
    return node?.kind === "map" ? [...node.entries.keys()] : [];
  }

  /** Removes the entry at a path and gives it. A map that is empty without it goes as well. */
  take(path: string): MapEntry | undefined {
    const entry = this.get(path);
    if (entry !== undefined) this.#root = without(this.#root, parsePath(path));
    return entry;
  }

  /** Puts an entry at a path, making the maps that lead there. */
  put(path: string, entry: MapEntry): void {
    this.#root = withEntry(this.#root, parsePath(path), entry);
  }

  /** Puts a plain value at a path; it counts as written at `place`. */
  set(path: string, value: ConfigTree, place: SourcePlace): void {
    this.put(path, { node: fromPlainTree(value, place), key: place });
  }
}

function without(map: MapNode, [key, ...rest]: readonly string[]): MapNode {
  const entries = new Map(map.entries);
  const entry = key === undefined ? undefined : entries.get(key);
  if (key === undefined || entry === undefined) return map;
  if (rest.length === 0 || entry.node.kind !== "map") entries.delete(key);
  else {
    const node = without(entry.node, rest);
    if (node.entries.size === 0) entries.delete(key);
    else entries.set(key, { ...entry, node });
  }
  return { ...map, entries };
}

function withEntry(map: MapNode, [key, ...rest]: readonly string[], entry: MapEntry): MapNode {
  if (key === undefined) return map;
  const old: ConfigNode | undefined = map.entries.get(key)?.node;
  const empty: MapNode = { kind: "map", entries: new Map(), place: entry.node.place };
  const node = rest.length === 0 ? entry.node : withEntry(old?.kind === "map" ? old : empty, rest, entry);
  const place = rest.length === 0 ? entry.key : (map.entries.get(key)?.key ?? entry.key);
  return { ...map, entries: new Map(map.entries).set(key, { node, key: place }) };
}
