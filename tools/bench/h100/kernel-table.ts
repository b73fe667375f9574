/** What a device spent its time on, from a trace of XLA's profiler (tensorflow.profiler.XSpace, xplane.proto). */
import { messagesOf, numberOf, textOf } from "./protobuf-fields.ts";

export interface KernelTime {
  readonly name: string;
  readonly calls: number;
  readonly ms: number;
  /** One of the HLO instructions that it ran for. */
  readonly instruction: string;
}

/** Kernels of all streams of the first device, the one that took the most time first. */
export function kernelTimes(trace: Uint8Array): KernelTime[] {
  const plane = messagesOf(trace, 1).find((bytes) => textOf(bytes, 2).startsWith("/device:GPU:"));
  if (plane === undefined) return [];
  const names = namesById(plane, 4);
  const stats = namesById(plane, 5);
  const instructionStat = [...stats].find(([, name]) => name === "hlo_op")?.[0];
  const totals = new Map<string, { calls: number; picoseconds: number; instruction: string }>();
  for (const line of messagesOf(plane, 3)) {
    if (!textOf(line, 2).startsWith("Stream")) continue;
    for (const event of messagesOf(line, 4)) {
      const name = names.get(numberOf(event, 1)) ?? "?";
      const total = totals.get(name) ?? { calls: 0, picoseconds: 0, instruction: "" };
      total.calls += 1;
      total.picoseconds += numberOf(event, 3);
      if (total.instruction === "") total.instruction = statText(event, instructionStat, stats);
      totals.set(name, total);
    }
  }
  return [...totals]
    .map(([name, { calls, picoseconds, instruction }]) => ({ name, calls, ms: picoseconds / 1e9, instruction }))
    .sort((a, b) => b.ms - a.ms);
}

/** A markdown table of the `count` longest, for one of `steps` steps. */
export function kernelTable(kernels: readonly KernelTime[], steps: number, count: number): string {
  const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
  const rows = kernels
    .slice(0, count)
    .map(({ name, calls, ms, instruction }) => [
      (ms / steps).toFixed(3),
      `${((ms / total) * 100).toFixed(1)} %`,
      (calls / steps).toFixed(0),
      `\`${name.slice(0, 120)}\``,
      instruction,
    ]);
  const head = ["ms a step", "share", "calls", "kernel", "for example"];
  const lines = [head, ["--:", "--:", "--:", "---", "---"], ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `${lines.join("\n")}\n\n${kernels.length} kernels, ${(total / steps).toFixed(2)} ms a step in all\n`;
}

/** A map from ids to messages with a name in field 2: each entry is a key (1) and a value (2). */
function namesById(plane: Uint8Array, field: number): Map<number, string> {
  return new Map(
    messagesOf(plane, field).map((entry) => [
      numberOf(entry, 1),
      textOf(messagesOf(entry, 2)[0] ?? new Uint8Array(), 2),
    ]),
  );
}

/** Text of one statistic of an event: its own (5), or the name of another statistic that it refers to (7). */
function statText(event: Uint8Array, id: number | undefined, stats: ReadonlyMap<number, string>): string {
  const stat = messagesOf(event, 4).find((bytes) => numberOf(bytes, 1) === id);
  if (stat === undefined) return "";
  const own = textOf(stat, 5);
  return own === "" ? (stats.get(numberOf(stat, 7)) ?? "") : own;
}
