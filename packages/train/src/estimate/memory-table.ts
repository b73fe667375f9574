/** What one device holds while a step runs, by kind. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ParamSpec } from "@l3m/core";
import type { Layout } from "@l3m/fsdp-mesh";
import type { PeakMemory } from "@l3m/tfjs-backend-xla";
import { physicalDtype } from "@l3m/tfjs-kernels";
import type { ByPath, TrainState } from "../step/train-state.ts";

export interface MemoryRow {
  readonly name: string;
  /** Undefined where it is not known. */
  readonly bytes: number | undefined;
  readonly note: string;
}

export interface MemoryTable {
  readonly rows: readonly MemoryRow[];
  /** Sum of the rows; undefined if one is not known. */
  readonly totalBytes: number | undefined;
  /** What XLA calls temporary memory: everything that exists only while a step runs. */
  readonly tempBytes: number | undefined;
}

/**
 * Rows of the table: what stays from step to step (masters, working copies, optimizer state), the batch, and what is alive at
 * the moment of the step at which most is.
 *
 * @param peak undefined when the step could not be traced
 * @param layout of the mesh; the numbers are those of one of its devices
 */
export function memoryTable(
  specs: readonly ParamSpec[],
  state: TrainState,
  batch: ByPath,
  peak: PeakMemory | undefined,
  layout: Layout | undefined,
): MemoryTable {
  const share = (path: string): number => shareOf(specs, path, layout);
  const atRest = (values: ByPath): number =>
    sum(Object.entries(values).map(([path, value]) => bytesOf(value) * share(path)));
  const parameters = atRest(state.params);
  const slots = Object.entries(state.slots);
  const alive = (role: string): number | undefined =>
    peak === undefined ? undefined : sum(peak.alive.filter((item) => item.role === role).map(({ bytes }) => bytes));
  /** Gradients and copies of the state are split as the parameters are. */
  const split = (bytes: number | undefined): number | undefined =>
    bytes === undefined ? undefined : bytes * (parameters / Math.max(sum(Object.values(state.params).map(bytesOf)), 1));
  const gradientsInAll = split(peak?.updateBytes);
  const working = Object.values(state.working).length;
  const rows: MemoryRow[] = [
    { name: "parameters", bytes: parameters, note: "" },
    ...(working === 0 ? [] : [{ name: "working copies", bytes: atRest(state.working), note: "bf16" }]),
    {
      name: "optimizer",
      bytes: sum(slots.map(([, values]) => atRest(values))),
      note: slots.map(([name]) => name).join(", "),
    },
    {
      name: "batch, buffers",
      bytes:
        peak === undefined ? undefined : sum([...Object.values(batch), ...Object.values(state.buffers)].map(bytesOf)),
      note: "",
    },
    {
      name: "gradients",
      bytes: split(alive("update")),
      note: gradientsInAll === undefined ? "" : `at the peak; ${formatBytes(gradientsInAll)} in all`,
    },
    { name: "activations", bytes: alive("value"), note: peak === undefined ? "" : "at the peak" },
    ...((alive("copy") ?? 0) === 0
      ? []
      : [{ name: "copies", bytes: split(alive("copy")), note: "of optimizer state that is read while it is written" }]),
  ];
  const temp = rows.filter(({ name }) => TEMPORARY.has(name));
  return { rows, totalBytes: total(rows), tempBytes: total(temp) };
}

const TEMPORARY = new Set(["gradients", "activations", "copies"]);

/** `12.3 MiB`; three digits, binary units. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${value.toFixed(power === 0 ? 0 : value < 10 ? 2 : 1)} ${units[power] ?? ""}`;
}

/** Part of a parameter that one device holds. */
function shareOf(specs: readonly ParamSpec[], path: string, layout: Layout | undefined): number {
  const spec = specs.find((candidate) => candidate.path === path);
  if (layout === undefined || spec === undefined) return 1;
  const sizes = new Map(layout.mesh.axes.map(({ name, size }) => [name, size]));
  return layout
    .param(spec)
    .flat()
    .reduce((share, axis) => share / (sizes.get(axis) ?? 1), 1);
}

function bytesOf(value: Tensor): number {
  const width = value.dtype === "bool" ? 1 : physicalDtype(value) === "bf16" ? 2 : 4;
  return value.size * width;
}

function total(rows: readonly MemoryRow[]): number | undefined {
  return rows.some(({ bytes }) => bytes === undefined) ? undefined : sum(rows.map(({ bytes }) => bytes ?? 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
