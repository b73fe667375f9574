/** Files that match a pattern with `*`, `?` and `**`. */
import { readdirSync } from "node:fs";
import { join, parse, sep } from "node:path";

/** True for text that is a pattern rather than the path of one file. */
export function isGlob(path: string): boolean {
  return /[*?]/.test(path);
}

/**
 * Paths of the files that an absolute pattern matches, sorted, so that their order is the same on every machine.
 * `*` and `?` stay inside one name, `**` stands for any number of folders. Names that start with a dot match only a
 * pattern that starts with one.
 */
export function globFiles(pattern: string): string[] {
  const { root } = parse(pattern);
  const parts = pattern.slice(root.length).split(sep === "\\" ? /[\\/]/ : "/");
  const found = new Set<string>();
  walk(root, parts, found);
  return [...found].sort();
}

function walk(folder: string, parts: readonly string[], found: Set<string>): void {
  const [part = "", ...rest] = parts;
  if (part === "**") {
    walk(folder, rest, found);
    for (const { name } of foldersOf(folder)) walk(join(folder, name), parts, found);
    return;
  }
  if (!isGlob(part) && rest.length > 0) {
    walk(join(folder, part), rest, found);
    return;
  }
  const expression = new RegExp(
    `^${part
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
  for (const entry of entriesOf(folder)) {
    if (!expression.test(entry.name) || (entry.name.startsWith(".") && !part.startsWith("."))) continue;
    if (rest.length > 0) walk(join(folder, entry.name), rest, found);
    else if (!entry.isDirectory()) found.add(join(folder, entry.name));
  }
}

function foldersOf(folder: string) {
  return entriesOf(folder).filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
}

/** Nothing for what is no folder that can be read. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
