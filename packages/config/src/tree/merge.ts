/**
 * Merging one config over another: maps merge key by key, everything else replaces.
 *
 * | base | overlay | result |
 * |---|---|---|
 * | map | map | union, the overlay wins, the base's key order stays |
 * | list | list | the overlay's list, no element-wise merge |
 * | anything | null | null |
 * | anything | `???` | the base |
 * | list | map (or the reverse) | an error |
 */
import { L3mError } from "@l3m/errors";
import { describeNode, type ConfigNode, type MapEntry, type MapNode } from "./config-node.ts";
import { formatPath, type ConfigPath } from "./config-path.ts";
import { staleOptions, type ConfigWarning } from "./stale-options.ts";

/** The marker of a value that an overlay or override must supply. */
export const MANDATORY = "???";

/** What merging found besides its result. */
export interface MergeReport {
  readonly errors: L3mError[];
  readonly warnings: ConfigWarning[];
}

/** `overlay` merged over `base`; `path` says where both stand. Conflicts go to `report`. */
export function mergeNodes(base: ConfigNode, overlay: ConfigNode, path: ConfigPath, report: MergeReport): ConfigNode {
  if (overlay.kind === "scalar" && overlay.value === MANDATORY) return base;
  if (base.kind === "map" && overlay.kind === "map") return mergeMaps(base, overlay, path, report);
  if ((base.kind === "text" || base.kind === "patched") && overlay.kind === "map") {
    const patch = (resolved: ConfigNode): ConfigNode => mergeNodes(resolved, overlay, path, report);
    const patches = base.kind === "patched" ? base.patches : [];
    return {
      kind: "patched",
      base: base.kind === "patched" ? base.base : base,
      patches: [...patches, patch],
      place: base.place,
    };
  }
  if ((base.kind === "map" && overlay.kind === "list") || (base.kind === "list" && overlay.kind === "map")) {
    report.errors.push(
      new L3mError("L3M_BAD_OPTION", {
        message: "A list and a map cannot be merged.",
        where: { ...overlay.place, path: formatPath(path) },
        expected: `${describeNode(base)}, as in ${base.place.file ?? "the base"}${base.place.line === undefined ? "" : `:${base.place.line}`}`,
        got: describeNode(overlay),
        fix: "Give the same kind of value, or remove the old one first (on the command line: ~key).",
      }),
    );
  }
  return overlay;
}

function mergeMaps(base: MapNode, overlay: MapNode, path: ConfigPath, report: MergeReport): MapNode {
  report.warnings.push(...staleOptions(base, overlay, path));
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [key, entry] of overlay.entries) {
    const old = base.entries.get(key);
    if (old === undefined) entries.set(key, entry);
    else {
      const node = mergeNodes(old.node, entry.node, [...path, key], report);
      entries.set(key, node === old.node ? old : { node, key: entry.key });
    }
  }
  return { kind: "map", entries, place: base.place };
}
