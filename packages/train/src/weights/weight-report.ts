/** What is told about weights that were compared with a model: a line when all fits, a table and a remedy when not. */
import { type ErrorPlace, formatShape, L3mError } from "@l3m/errors";
import { sizeOf } from "../checkpoint/tensor-source.ts";
import type { WeightMatch } from "./match-weights.ts";

/** Rows of one kind in a table. */
const MAX_ROWS = 20;

/** True when nothing is missing, left over or of another shape. */
export function isExact({ missing, unexpected, clashes }: WeightMatch): boolean {
  return missing.length === 0 && unexpected.size === 0 && clashes.length === 0;
}

/** `148 tensors (85.80 M values), 2 left as initialised: head.linear.weight, head.linear.bias` */
export function formatLoaded({ fitting, left }: WeightMatch): string {
  const values = [...fitting.values()].reduce((sum, source) => sum + sizeOf(source), 0);
  const rest = left.length === 0 ? "" : `, ${left.length} left as initialised: ${listed(left)}`;
  return `${fitting.size} tensors (${(values / 1e6).toFixed(2)} M values)${rest}`;
}

/** Every difference in lines of what, name, shape in the model and shape in the file. */
export function formatDifferences({ missing, unexpected, clashes }: WeightMatch): string {
  const rows = [
    ...cut(
      "missing",
      missing.map(({ path, shape }) => ["missing", path, formatShape(shape), "-"]),
    ),
    ...cut(
      "unexpected",
      [...unexpected].map(([name, { shape }]) => ["unexpected", name, "-", formatShape(shape)]),
    ),
    ...cut(
      "shape",
      clashes.map(({ declared, given }) => [
        "shape",
        declared.path,
        formatShape(declared.shape),
        formatShape(given.shape),
      ]),
    ),
  ];
  const all = [["", "name", "model", "file"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) => `    ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd()).join("\n");
}

/**
 * The error of weights that are not those of the model: the whole table, and the lines of a config that would accept it.
 *
 * @param place of `model.checkpoint`
 */
export function differencesError(match: WeightMatch, place: ErrorPlace, source: string): L3mError {
  const { missing, unexpected, clashes, fitting } = match;
  const counts = [
    [missing.length, "missing"],
    [unexpected.size, "unexpected"],
    [clashes.length, "of another shape"],
  ] as const;
  return new L3mError("L3M_BAD_STATE_DICT", {
    message: `The weights of ${source} are not those of the model.`,
    where: place,
    excerpt: formatDifferences(match),
    expected: "every tensor of the model, in its shape, and no other",
    got: `${fitting.size} that fit; ${counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(", ")}`,
    fix: remedy(match),
    data: {
      missing: missing.map(({ path }) => path),
      unexpected: [...unexpected.keys()],
      shapes: clashes.map(({ declared }) => declared.path),
    },
  });
}

/** The keys of a config under which the differences would be wanted. */
function remedy({ missing, unexpected, clashes }: WeightMatch): string {
  const lines: string[] = [];
  const prefix = commonPrefix(
    [...unexpected.keys()],
    missing.map(({ path }) => path),
  );
  if (prefix !== undefined) lines.push(`Take off a prefix: model.checkpoint_renamer: [["${prefix}", ""]].`);
  else {
    const left = [...clashes.map(({ given }) => given), ...unexpected.values()].flatMap(({ from }) => from);
    if (left.length > 0) lines.push(`Leave out what does not belong: model.checkpoint_filters: [${quoted(left)}].`);
    if (missing.length > 0)
      lines.push(
        `Start these as initialised: model.checkpoint_allow_missing: [${quoted(missing.map(({ path }) => path))}].`,
      );
  }
  return lines.join("\n            ");
}

/** What stands in front of all missing names where they are given. */
function commonPrefix(unexpected: readonly string[], missing: readonly string[]): string | undefined {
  const [first] = missing;
  const longer = first === undefined ? undefined : unexpected.find((name) => name.endsWith(`.${first}`));
  if (first === undefined || longer === undefined) return undefined;
  const prefix = longer.slice(0, -first.length);
  const given = new Set(unexpected);
  return missing.every((path) => given.has(`${prefix}${path}`)) ? prefix : undefined;
}

function cut(what: string, rows: readonly string[][]): readonly string[][] {
  return rows.length <= MAX_ROWS
    ? rows
    : [...rows.slice(0, MAX_ROWS), [what, `... and ${rows.length - MAX_ROWS} more`, "", ""]];
}

function listed(names: readonly string[]): string {
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

function quoted(names: readonly string[]): string {
  return names.length <= 6
    ? names.map((name) => `"${name}"`).join(", ")
    : `"${names[0]}", ... ${names.length - 1} more, or a glob`;
}
