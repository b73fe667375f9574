/** Laying one config over another to change what it is about: a node that names a thing starts anew. */
import type { ConfigNode, MapEntry } from "./config-node.ts";
import { formatPath, type ConfigPath } from "./config-path.ts";
import { mergeNodes, type MergeReport } from "./merge.ts";
import { NAME_KEYS } from "./name-keys.ts";

/**
 * `overlay` over `base`. As merging, except that a map which names a registered thing replaces the node below it (so that
 * no option of the old thing stays), and that a value of another kind replaces as well.
 */
export function overlayNodes(base: ConfigNode, overlay: ConfigNode, path: ConfigPath, report: MergeReport): ConfigNode {
  if (overlay.kind !== "map" || base.kind === "scalar" || base.kind === "list") return overlay;
  if (NAME_KEYS.some((key) => overlay.entries.get(key)?.node.kind === "scalar" && !isSection(path, key)))
    return overlay;
  if (base.kind !== "map") return mergeNodes(base, overlay, path, report);
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [key, entry] of overlay.entries) {
    const old = base.entries.get(key);
    const node = old === undefined ? entry.node : overlayNodes(old.node, entry.node, [...path, key], report);
    entries.set(key, { node, key: entry.key });
  }
  return { ...base, entries };
}

/** Sections whose keys are called like kinds: `loss` at the top, `data.train.dataset`, `optim.optimizer`. */
function isSection(path: ConfigPath, key: string): boolean {
  const section = formatPath(path);
  return section === "" || (section === "optim" && key === "optimizer") || /^data\.(train|val\.[^.]+)$/.test(section);
}
