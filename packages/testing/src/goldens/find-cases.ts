/** Finds the cases in folders: areas, cases directly, or anything nested. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { L3mError } from "@l3m/errors";

/** Files beside the cases that are none. */
const NO_CASES = new Set(["index.json", "package.json", "tsconfig.json"]);
const NOT_SEARCHED = new Set(["node_modules", "dist"]);

/**
 * Paths of every `*.json` case under the given folders or files, sorted, each once.
 *
 * @throws L3M_DATA_NOT_FOUND for a path that does not exist.
 */
export function findCases(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap(casesUnder))].sort();
}

function casesUnder(path: string): string[] {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (entry === undefined) {
    throw new L3mError("L3M_DATA_NOT_FOUND", {
      message: `There is no "${path}".`,
      where: { file: path },
      expected: "a folder of golden cases, or a case",
      fix: "Check the path.",
    });
  }
  if (entry.isFile()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((child) => {
    const at = join(path, child.name);
    if (child.isDirectory()) return NOT_SEARCHED.has(child.name) ? [] : casesUnder(at);
    return child.name.endsWith(".json") && !NO_CASES.has(child.name) ? [at] : [];
  });
}
