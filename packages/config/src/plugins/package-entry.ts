/** The file that `import "<package>"` would load, from its package.json (Node's rules for the main entry). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { L3mError } from "@l3m/errors";
import type { PackageManifest } from "./package-manifest.ts";

const CONDITIONS = new Set(["node", "import", "module-sync", "default"]);

/**
 * Absolute path of a package's main module.
 * @throws L3M_BAD_PLUGIN when the package names none, or one that is not there.
 */
export function packageEntry({ folder, name, exports, main }: PackageManifest): string {
  const target = mainTarget(exports) ?? (exports === undefined ? (main ?? "index.js") : undefined);
  const file = target === undefined ? undefined : join(folder, target);
  if (file !== undefined && existsSync(file)) return file;
  throw new L3mError("L3M_BAD_PLUGIN", {
    message: `The package "${name}" has no main module.`,
    where: { file: join(folder, "package.json") },
    expected: `an "exports" entry for "." that names an existing file`,
    got: target ?? "nothing",
    fix: "If it is built from sources, build it first; otherwise install it again.",
  });
}

function mainTarget(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports;
  if (Array.isArray(exports)) return exports.map(mainTarget).find((target) => target !== undefined);
  if (typeof exports !== "object" || exports === null) return undefined;
  for (const [key, value] of Object.entries(exports)) {
    if (key !== "." && !CONDITIONS.has(key)) continue;
    const target = mainTarget(value);
    if (target !== undefined) return target;
  }
  return undefined;
}
