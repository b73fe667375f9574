/** The warning for a merge that names another thing but keeps the options of the old one. */
import type { ErrorPlace } from "@l3m/errors";
import type { MapNode } from "./config-node.ts";
import { formatPath, type ConfigPath } from "./config-path.ts";
import { NAME_KEYS } from "./name-keys.ts";

/** Something a reader of a config should know, but that stops nothing. */
export interface ConfigWarning {
  readonly message: string;
  readonly where: ErrorPlace;
}

/** One warning when `overlay` names another registered thing than `base`, whose other options then stay. */
export function staleOptions(base: MapNode, overlay: MapNode, path: ConfigPath): ConfigWarning[] {
  for (const key of NAME_KEYS) {
    const was = base.entries.get(key)?.node;
    const is = overlay.entries.get(key)?.node;
    if (was?.kind !== "scalar" || is?.kind !== "scalar" || was.value === is.value) continue;
    if (typeof was.value !== "string" || typeof is.value !== "string") continue;
    const kept = [...base.entries.keys()].filter((name) => name !== key && !overlay.entries.has(name));
    if (kept.length === 0) continue;
    const message = `"${is.value}" replaces "${was.value}" and keeps its options ${kept.join(", ")}.`;
    return [{ message, where: { ...is.place, path: formatPath([...path, key]) } }];
  }
  return [];
}
