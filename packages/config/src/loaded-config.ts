/** A resolved config: its plain tree, the place of every node, and its YAML. */
import type { ErrorPlace } from "@l3m/errors";
import { toPlainTree, type ConfigNode, type ConfigTree, type SourcePlace } from "./tree/config-node.ts";
import { formatPath, parsePath, type ConfigPath } from "./tree/config-path.ts";
import type { ConfigWarning } from "./tree/stale-options.ts";
import { writeYaml } from "./yaml/write-yaml.ts";

/** What {@link loadConfig} gives. */
export interface LoadedConfig {
  /** The file as it was named. */
  readonly file: string;
  /** The resolved tree: plain JSON, no `${}`, no `extends`; defaults are not filled in. */
  readonly tree: { [key: string]: ConfigTree };
  /** The same with places, and with floats kept apart from integers (`1.0` and `1`). */
  readonly root: ConfigNode;
  /** Things to tell the user that stop nothing (surprising spellings, options left over from a base). */
  readonly warnings: readonly ConfigWarning[];
  /**
   * Where a node was written: `file:line:column` and the dotted path, also for nodes that came from `extends` files,
   * through `${}`, or from an override (file `"command line"`). For a path that does not exist, the place of its nearest
   * ancestor, with the path asked for.
   * @param path dotted (`data.train.batch_size`, `transforms.0`, `lr_scalers["a.b"]`), or a list of keys
   * @param part the value (default) or its key
   */
  place(path: string | readonly (string | number)[], part?: "key" | "value"): ErrorPlace;
  /** The resolved tree as YAML (`config.resolved.yaml`); loading it again gives the same tree. */
  toYaml(): string;
}

/** Wraps a resolved map. */
export function createLoadedConfig(file: string, node: ConfigNode, warnings: readonly ConfigWarning[]): LoadedConfig {
  const places = new Map<string, { key: SourcePlace; value: SourcePlace }>();
  collectPlaces(node, { file, line: 1, column: 1 }, [], places);
  const tree = toPlainTree(node);
  return {
    file,
    tree: tree !== null && typeof tree === "object" && !Array.isArray(tree) ? tree : {},
    root: node,
    warnings,
    place(path, part = "value") {
      const keys = typeof path === "string" ? (path === "" ? [] : parsePath(path)) : path.map(String);
      for (let length = keys.length; length >= 0; length--) {
        const found = places.get(formatPath(keys.slice(0, length)));
        if (found !== undefined)
          return { ...(length === keys.length ? found[part] : found.key), path: formatPath(keys) };
      }
      return { file, path: formatPath(keys) };
    },
    toYaml: () => writeYaml(node),
  };
}

function collectPlaces(
  node: ConfigNode,
  key: SourcePlace,
  path: ConfigPath,
  places: Map<string, { key: SourcePlace; value: SourcePlace }>,
): void {
  places.set(formatPath(path), { key, value: node.place });
  if (node.kind === "list") {
    for (const [index, item] of node.items.entries()) collectPlaces(item, item.place, [...path, String(index)], places);
  }
  if (node.kind === "map") {
    for (const [name, entry] of node.entries) collectPlaces(entry.node, entry.key, [...path, name], places);
  }
}
