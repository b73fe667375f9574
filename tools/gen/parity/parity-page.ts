/** PARITY.md: every name of ml-l3m, what it is here, and the tests that show it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Registry, type Plugin } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import { markdownTable } from "../markdown-table.ts";
import type { Fate, Names } from "../upstream/fate.ts";
import type { Evidence } from "./evidence.ts";

export interface ParitySection {
  readonly title: string;
  readonly names: Names;
}

type Status = "done" | "not yet" | "not ported";

interface Row {
  readonly names: readonly string[];
  /** The registered name or the file, as Markdown. */
  readonly here: string;
  readonly packages: readonly string[];
  readonly status: Status;
  readonly why: string;
  readonly tests: string;
}

/** Cases and tests that a cell lists; the others are counted. */
const LISTED = 3;

/**
 * The page. What other libraries' names are registered stands at the top of the last section.
 *
 * @throws L3M_UNKNOWN_NAME when a name has no fate, or one that the sources contradict
 */
export function renderParity(
  root: string,
  plugins: readonly Plugin[],
  sections: readonly ParitySection[],
  evidence: Evidence,
): string {
  const writer = new ParityWriter(root, plugins, evidence);
  const tables = sections.map(({ title, names }) => ({ title, rows: writer.rows(names) }));
  tables.at(-1)?.rows.unshift(...writer.libraryRows());
  const problems = [...writer.problems, ...writer.unlisted(sections)];
  if (problems.length > 0) {
    throw new L3mError("L3M_UNKNOWN_NAME", {
      message: `PARITY.md cannot be written.\n${problems.join("\n")}`,
      fix: "Correct tools/gen/upstream.",
    });
  }
  const counts = (["done", "not yet", "not ported"] as const).map((status) => {
    const names = tables.flatMap(({ rows }) => rows.filter((row) => row.status === status).flatMap((row) => row.names));
    return `${names.length} ${status}`;
  });
  const parts = tables.map(({ title, rows }) => `## ${title}\n\n${tableOf(rows)}`);
  return `${INTRODUCTION}\n\n${counts.join(", ")}.\n\n${parts.join("\n\n")}\n`;
}

const INTRODUCTION = `# What became of every name of ml-l3m

One row per public class or function of [ml-l3m](https://github.com/apple/ml-l3m); names without a difference share one. A
registered thing is used in a config under either name; what its options are stands in [docs/blocks](docs/blocks/README.md).
Cases are recordings of ml-l3m itself in \`tools/goldens\`, which the tests replay on every engine.

This page is written by \`npm run gen\` from the aliases of the plugins, from \`tools/gen/upstream\` and from the tests.`;

function tableOf(rows: readonly Row[]): string {
  return markdownTable(
    ["ml-l3m", "here", "package", "status", "tests"],
    rows.map(({ names, here, packages, status, why, tests }) => [
      names.map((name, i) => `\`${i === 0 ? name : (name.split(".").at(-1) ?? name)}\``).join(", "),
      here,
      packages.map((name) => `\`@l3m/${name}\``).join(", "),
      why === "" ? status : `${status}: ${why}`,
      tests,
    ]),
  );
}

class ParityWriter {
  readonly problems: string[] = [];
  readonly #root: string;
  readonly #registry: Registry;
  readonly #evidence: Evidence;

  constructor(root: string, plugins: readonly Plugin[], evidence: Evidence) {
    this.#root = root;
    this.#registry = new Registry(plugins);
    this.#evidence = evidence;
  }

  rows(names: Names): Row[] {
    return Object.entries(names).flatMap(([module, fates]) =>
      Object.entries(fates).map(([list, fate]) =>
        this.#row(
          list.split(" ").map((name) => `${module}.${name}`),
          fate,
        ),
      ),
    );
  }

  /** One row per registered thing with aliases in other libraries. */
  libraryRows(): Row[] {
    return this.#registered().flatMap(({ name, namespace, short, aliases }) => {
      const others = aliases.filter((alias) => !alias.startsWith("l3m."));
      const [first] = others;
      if (first === undefined) return [];
      return [
        {
          names: [first],
          here: link(name),
          packages: [namespace],
          status: "done",
          why: "",
          tests: testsCell(this.#cases(aliases), this.#evidence.testsOf(namespace, short)),
        },
      ];
    });
  }

  /** Registered aliases of ml-l3m that the data does not have. */
  unlisted(sections: readonly ParitySection[]): string[] {
    const listed = new Set(
      sections.flatMap(({ names }) =>
        Object.entries(names).flatMap(([module, fates]) =>
          Object.keys(fates).flatMap((list) => list.split(" ").map((name) => `${module}.${name}`)),
        ),
      ),
    );
    const aliases = this.#registered().flatMap((thing) => thing.aliases.filter((alias) => alias.startsWith("l3m.")));
    return aliases
      .filter((alias) => !listed.has(alias))
      .map((alias) => `${alias} is registered and not listed: add it`);
  }

  #row(names: readonly string[], fate: Fate): Row {
    const aliased = names.filter((name) => this.#registry.has(name));
    if ("registered" in fate) {
      for (const name of names.filter((one) => !aliased.includes(one)))
        this.problems.push(`${name} is registered by no plugin: give the reason, or where it is`);
      const own = aliased.map((name) => this.#registry.get(name));
      const remark = fate.registered === true ? "" : fate.registered;
      const files = new Set(
        own.flatMap(({ namespace, definition }) => this.#evidence.testsOf(namespace, definition.name)),
      );
      const tests = testsCell(this.#cases(names), [...files]);
      return {
        names,
        here: own.map(({ name }) => link(name)).join(", "),
        packages: [...new Set(own.map(({ namespace }) => namespace))],
        status: "done",
        why: remark,
        tests,
      };
    }
    for (const name of aliased) this.problems.push(`${name} is registered now: its fate is \`registered\``);
    if ("notYet" in fate) return { names, here: "", packages: [], status: "not yet", why: fate.notYet, tests: "" };
    if ("not" in fate) return { names, here: "", packages: [], status: "not ported", why: fate.not, tests: "" };
    const [file = "", symbol] = fate.here.split("#");
    this.#requirePlace(names, file, symbol);
    const cases = fate.cases === undefined ? [] : this.#evidence.casesUnder(fate.cases);
    if (fate.cases !== undefined && cases.length === 0)
      this.problems.push(`${names.join(", ")}: no case ${fate.cases}*`);
    const place = `[\`${symbol ?? file.split("/").at(-1)}\`](${file})`;
    const importing = symbol === undefined ? [] : this.#evidence.testsImporting(symbol);
    for (const file of fate.tests ?? []) this.#requirePlace(names, file, undefined);
    const files = [...new Set([...(fate.tests ?? []), ...importing])];
    const tests = testsCell(this.#cases(names, cases), files);
    return {
      names,
      here: place,
      packages: [file.split("/")[1] ?? ""],
      status: "done",
      why: fate.remark ?? "",
      tests,
    };
  }

  #requirePlace(names: readonly string[], file: string, symbol: string | undefined): void {
    const path = join(this.#root, file);
    if (!existsSync(path)) this.problems.push(`${names.join(", ")}: there is no ${file}`);
    else if (
      symbol !== undefined &&
      !new RegExp(`^export [a-z ]*\\b${symbol}\\b`, "m").test(readFileSync(path, "utf8"))
    )
      this.problems.push(`${names.join(", ")}: ${file} exports no ${symbol}`);
  }

  #cases(names: readonly string[], more: readonly string[] = []): readonly string[] {
    return [...new Set([...this.#evidence.casesOf(names), ...more])];
  }

  #registered() {
    return this.#registry.names.map((full) => {
      const { name, namespace, definition } = this.#registry.get(full);
      return { name, namespace, short: definition.name, aliases: definition.aliases ?? [] };
    });
  }
}

/** `core/mlp` with a link to its section. */
function link(name: string): string {
  return `[\`${name}\`](docs/blocks/${name.split("/")[0]}.md#${name.toLowerCase().replaceAll(/[^a-z0-9-]/g, "")})`;
}

function testsCell(cases: readonly string[], files: readonly string[]): string {
  return [cases, files]
    .filter((list) => list.length > 0)
    .map(shortened)
    .join("; ");
}

function shortened(list: readonly string[]): string {
  const listed = list
    .slice(0, LISTED)
    .map((entry) => `\`${entry}\``)
    .join(", ");
  return list.length > LISTED ? `${listed} and ${list.length - LISTED} more` : listed;
}
