/** A check report as text for a terminal: column-aligned, no colours. */
import { formatPlace, formatShape } from "@l3m/errors";
import type { CheckReport } from "./check-config.ts";
import type { KeyFlowReport } from "./key-flow-report.ts";
import type { ParameterRow, ParameterTable } from "./parameter-table.ts";

/**
 * Key flow, parameter table, warnings and errors, in this order; ends with a verdict.
 *
 * @param cost a section on what a step costs, after the parameters
 */
export function formatCheck(report: CheckReport, cost?: string): string {
  const { errors, warnings, keyFlow, parameters } = report;
  const sections = [
    ...(keyFlow === null ? [] : [formatKeyFlow(keyFlow)]),
    ...(parameters === null ? [] : [formatParameters(parameters)]),
    ...(cost === undefined ? [] : [cost]),
    ...warnings.map(({ message, where }) => `warning  ${formatPlace(where)}\n  ${message}`),
    ...errors.map((error) => error.message),
    errors.length === 0
      ? `${report.file} is fine.`
      : `${report.file} has ${errors.length} error${errors.length === 1 ? "" : "s"}.`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function formatKeyFlow({ dataKeys, steps, unwritten }: KeyFlowReport): string {
  const required = [...new Set(unwritten.map(({ key }) => key))];
  const data = dataKeys ?? required;
  const rows = [
    ["data", "", data.join(", ")],
    ...steps.map(({ path, reads, writes, opaque }) => [
      path || "model",
      opaque ? "(not declared)" : reads.join(", "),
      writes.join(", "),
    ]),
  ];
  const title = dataKeys === null ? "Key flow (the data must bring what nothing else writes)" : "Key flow";
  return `${title}\n${alignColumns([["block", "reads", "writes"], ...rows])}`;
}

function formatParameters({ rows, total, trainable, buffers }: ParameterTable): string {
  const lines = groupRepeated(rows).map(({ name, row, times }) => [
    name,
    formatShape(row.shape),
    times === 1 ? formatCount(row.count) : `${times} x ${formatCount(row.count)}`,
    row.trainable ? "" : "frozen",
  ]);
  const totals = [
    ["total", "", formatCount(total), ""],
    ["trainable", "", formatCount(trainable), ""],
    ["buffers", "", formatCount(buffers), ""],
  ];
  return `Parameters\n${alignColumns([["name", "shape", "count", ""], ...lines, ...totals], [2])}`;
}

/** Layers that differ only in their number are one line: `blocks.*.attn.qkv.weight`. */
function groupRepeated(rows: readonly ParameterRow[]): { name: string; row: ParameterRow; times: number }[] {
  const groups = new Map<string, { name: string; row: ParameterRow; times: number }>();
  for (const row of rows) {
    const pattern = row.name.replace(/(^|\.)\d+(?=\.|$)/g, "$1*");
    const id = [pattern, row.shape.join(), row.trainable].join(" ");
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { name: row.name, row, times: 1 });
    else groups.set(id, { name: pattern, row, times: group.times + 1 });
  }
  return [...groups.values()];
}

/** Lines of cells padded to the widest of each column; `right` lists the columns that are aligned to the right. */
function alignColumns(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row.map((cell, column) =>
        right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      ),
    )
    .map((cells) => `  ${cells.join("  ")}`.trimEnd())
    .join("\n");
}

function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
