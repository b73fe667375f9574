/** An estimate as text for a terminal: column-aligned, no colours. */
import type { CompiledStep } from "./compile-step.ts";
import type { StepEstimate } from "./estimate-step.ts";
import type { ParameterCount } from "./trained-parameters.ts";
import { formatBytes, type MemoryRow } from "./memory-table.ts";

/** Trained parameters, FLOPs of a step and its memory by kind; beside it what the compiler says, where it was asked. */
export function formatEstimate(estimate: StepEstimate, compiled?: CompiledStep): string {
  const { engine, devices, batchSize, parameters, flops, memory } = estimate;
  const where = `${engine}, batch ${batchSize}${devices === 1 ? "" : ` over ${devices} devices`}`;
  const lines: string[] = [
    "Parameters of the optimizer",
    ...align([
      countRow("trained", parameters.trained),
      countRow("  with weight decay", parameters.decayed),
      countRow("  without", parameters.plain),
      countRow("frozen", parameters.frozen),
    ]),
    "",
  ];
  if (flops !== undefined) {
    const perToken = flops.perToken === undefined ? "" : `, ${formatFlops(flops.perToken)} per token`;
    lines.push(
      `Compute of a step (${where})`,
      ...align([
        ["matrix products", formatFlops(flops.step), "forward, backward and what is computed again"],
        ["model", formatFlops(flops.model), `${formatFlops(flops.perSample)} per sample${perToken}`],
      ]),
      "",
    );
  }
  lines.push(
    `Memory of a step (${where}${devices === 1 ? "" : "; each device"}), estimated`,
    ...align([
      ...memory.rows.map(({ name, bytes, note }: MemoryRow) => [name, formatMaybe(bytes), note]),
      ["total", formatMaybe(memory.totalBytes), memory.totalBytes === undefined ? UNKNOWN : ""],
    ]),
  );
  if (!engine.startsWith("xla-"))
    lines.push(`  ${engine} runs op by op and holds more; these are the numbers of XLA on a CPU`);
  if (compiled !== undefined) lines.push("", ...compiledLines(estimate, compiled));
  return lines.join("\n");
}

function countRow(name: string, { elements, tensors }: ParameterCount): string[] {
  return [name, elements.toLocaleString("en-US"), `in ${tensors} tensor${tensors === 1 ? "" : "s"}`];
}

const UNKNOWN = "unknown without the data; give the shapes of a sample: --shape 'text=i32[77]'";

function compiledLines({ memory }: StepEstimate, compiled: CompiledStep): readonly string[] {
  const { argumentBytes, outputBytes, aliasBytes, tempBytes } = compiled.memory;
  const total = argumentBytes + outputBytes - aliasBytes + tempBytes;
  const estimated = memory.totalBytes ?? 0;
  const temp = memory.tempBytes ?? 0;
  return [
    `Memory of the compiled step (${compiled.engine}), beside the estimate`,
    ...align([
      ["arguments", formatBytes(argumentBytes), formatBytes(estimated - temp), ""],
      ["temporary", formatBytes(tempBytes), formatBytes(temp), difference(temp, tempBytes)],
      ["total", formatBytes(total), formatBytes(estimated), difference(estimated, total)],
    ]),
  ];
}

function difference(estimated: number, exact: number): string {
  const percent = (100 * (estimated - exact)) / Math.max(exact, 1);
  return `${percent < 0 ? "" : "+"}${percent.toFixed(1)} %`;
}

function formatMaybe(bytes: number | undefined): string {
  return bytes === undefined ? "?" : formatBytes(bytes);
}

/** `1.23 TFLOP`, three digits. */
export function formatFlops(flops: number): string {
  const units = ["", "k", "M", "G", "T", "P", "E"];
  const power = Math.min(Math.floor(Math.log10(Math.max(flops, 1)) / 3), units.length - 1);
  return `${(flops / 1000 ** power).toPrecision(3)} ${units[power] ?? ""}FLOP`;
}

/** The second and third of four columns, or the second of three, are numbers and stand to the right. */
function align(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const last = widths.length - 1;
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column > 0 && column < last ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .replace(/^/, "  ")
      .trimEnd(),
  );
}
