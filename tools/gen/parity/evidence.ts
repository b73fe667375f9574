/** What shows that a thing works as in ml-l3m: recorded cases that use it, and tests that name it. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

export interface Evidence {
  /** `<area>/<case>` of the cases that name one of these; those about them come first. */
  casesOf(names: readonly string[]): readonly string[];
  /** The cases whose names begin so. */
  casesUnder(prefix: string): readonly string[];
  /** Test files that name a registered thing or import its definition, relative to the root. */
  testsOf(namespace: string, name: string): readonly string[];
  /** Test files that import a symbol. */
  testsImporting(symbol: string): readonly string[];
}

/** Reads tools/goldens and all tests of the repository. */
export function readEvidence(root: string): Evidence {
  const cases = filesUnder(join(root, "tools", "goldens"), ".json").map((file) => ({
    name: `${basename(dirname(file))}/${basename(file, ".json")}`,
    ...namesIn(JSON.parse(readFileSync(file, "utf8"))),
  }));
  const tests = ["packages", "tools"]
    .flatMap((folder) => filesUnder(join(root, folder), ".test.ts"))
    .map((file) => ({ file: relative(root, file).replaceAll("\\", "/"), text: readFileSync(file, "utf8") }));
  const testsWith = (fits: (text: string, file: string) => boolean): readonly string[] =>
    tests.filter(({ text, file }) => fits(text, file)).map(({ file }) => file);
  return {
    casesOf: (names) => {
      const using = cases.filter(({ all }) => names.some((name) => all.has(name)));
      const about = using.filter(({ target }) => names.includes(target));
      return [...new Set([...about, ...using])].map(({ name }) => name);
    },
    casesUnder: (prefix) => cases.filter(({ name }) => name.startsWith(prefix)).map(({ name }) => name),
    testsOf: (namespace, name) => {
      const full = new RegExp(`(?<![\\w/-])${namespace}/${name}(?![\\w/-])`);
      const imported = importOf(camelCase(name));
      const short = `"${name}"`; // tests of the package itself may leave out its namespace; single words mean other things too
      return testsWith(
        (text, file) =>
          full.test(text) ||
          imported.test(text) ||
          (name.includes("-") && file.startsWith(`packages/${namespace}/`) && text.includes(short)),
      );
    },
    testsImporting: (symbol) => testsWith((text) => importOf(symbol).test(text)),
  };
}

function importOf(symbol: string): RegExp {
  return new RegExp(`^import [^;]*\\b${symbol}\\b[^;]* from "`, "m");
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

/** Every text in a case, and what the case is about; rows of a table may leave out the module that the case names. */
function namesIn(golden: unknown): { readonly target: string; readonly all: ReadonlySet<string> } {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === "string") names.add(value);
    else if (typeof value === "object" && value !== null) for (const entry of Object.values(value)) visit(entry);
  };
  visit(golden);
  const { target = "", table } = golden as { readonly target?: string; readonly table?: unknown };
  for (const row of Array.isArray(table) ? (table as Record<string, unknown>[]) : [])
    for (const key of ["name", "function"]) if (typeof row[key] === "string") names.add(`${target}.${row[key]}`);
  return { target, all: names };
}

function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules" && name !== "dist")
    .flatMap((entry) => {
      const file = join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(file, ending) : file.endsWith(ending) ? [file] : [];
    })
    .sort();
}
