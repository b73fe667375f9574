/**
 * Memory of a program beside its arguments and results, from its graph alone: kernels by the fusion rules, their order by the
 * platform's scheduler, and the largest sum of what is alive at once.
 */
import { sizeOf, type Value } from "@l3m/stablehlo";
import { type LoweringPlatform } from "../backend/xla-backend.ts";
import { fuse } from "./fusion.ts";
import { bytesOf, isBarrier, type ProgramGraph, storedAs } from "./graph.ts";
import { schedule, type Step } from "./schedule.ts";

/**
 * - `copy`: of an argument whose memory takes a result before its last reader ran.
 * - `update`: read by what writes a result over a donated argument, and of its size: in a training step, a gradient.
 * - `value`: anything else.
 */
export type IntermediateRole = "copy" | "update" | "value";

/** A stored intermediate value. */
export interface Intermediate {
  /** For a copy: the argument that it was made of. */
  readonly value: Value;
  readonly bytes: number;
  readonly role: IntermediateRole;
}

export interface PeakMemory {
  readonly argumentBytes: number;
  readonly outputBytes: number;
  /** Outputs that lie in the memory of arguments. */
  readonly aliasBytes: number;
  /** Largest sum of intermediates alive at once. */
  readonly tempBytes: number;
  /** All intermediates of the role `update`, whether alive at once or not. */
  readonly updateBytes: number;
  /** What is alive then. */
  readonly alive: readonly Intermediate[];
}

/** Numbers of the first and the last step at which memory is in use. */
interface Lifetime {
  readonly from: number;
  readonly to: number;
}

interface Stored extends Intermediate, Lifetime {}

/**
 * Estimates what XLA's compiled memory statistics say.
 *
 * @param platform whose fusion rules, order of kernels and copies of donated arguments count
 */
export function peakMemory(graph: ProgramGraph, platform: LoweringPlatform): PeakMemory {
  const steps = schedule(graph, fuse(graph, platform), platform);
  const stored = lifetimes(graph, steps);
  const rest = outsideArguments(graph, steps, stored);
  const { bytes, alive } = largestSum(steps, rest);
  const aliased = graph.parameters.filter(({ aliasResult }) => aliasResult !== undefined);
  return {
    argumentBytes: sum(graph.parameters.map(({ value }) => bytesOf(value))),
    outputBytes: sum(graph.results.map(bytesOf)),
    aliasBytes: sum(aliased.map(({ value }) => bytesOf(value))),
    tempBytes: bytes,
    updateBytes: sum(stored.filter(({ role }) => role === "update").map((item) => item.bytes)),
    alive,
  };
}

/** Every intermediate value with the time that it is needed. */
function lifetimes(graph: ProgramGraph, steps: readonly Step[]): readonly Stored[] {
  const last = lastReads(steps);
  const kept = new Set(graph.results.map(storedAs));
  const updates = readByUpdates(graph, steps);
  return steps.flatMap(({ writes, copies }, from): readonly Stored[] => {
    const made = copies === undefined ? writes.filter((value) => !kept.has(value) && !isBarrier(value.op)) : [copies];
    return made.map((value) => ({
      value,
      bytes: bytesOf(value),
      role: copies !== undefined ? "copy" : updates.has(value) ? "update" : "value",
      from,
      to: last.get(value) ?? from,
    }));
  });
}

/** What is read, at its full size, by the steps that write over donated arguments. */
function readByUpdates({ parameters, results }: ProgramGraph, steps: readonly Step[]): ReadonlySet<Value> {
  const updated = new Set(
    parameters.flatMap(({ aliasResult }) => {
      const result = aliasResult === undefined ? undefined : results[aliasResult];
      return result === undefined ? [] : [storedAs(result)];
    }),
  );
  return new Set(
    steps.flatMap(({ reads, writes }) => {
      const sizes = writes.filter((value) => updated.has(value)).map(({ type }) => sizeOf(type.shape));
      return reads.filter(({ type }) => sizes.includes(sizeOf(type.shape)) && type.shape.length > 0);
    }),
  );
}

/**
 * What does not fit into the memory of donated arguments. Between the last read of an argument and the write of the result
 * that takes its place, its memory can hold any one value that is no larger.
 */
function outsideArguments(graph: ProgramGraph, steps: readonly Step[], stored: readonly Stored[]): readonly Stored[] {
  const written = new Map(steps.flatMap(({ writes }, i) => writes.map((value) => [value, i] as const)));
  const copiedAt = new Map(steps.flatMap(({ copies }, i) => (copies === undefined ? [] : [[copies, i] as const])));
  const last = lastReads(steps);
  const places = graph.parameters
    .flatMap(({ value, aliasResult }) => {
      const result = aliasResult === undefined ? undefined : graph.results[aliasResult];
      const until = result === undefined ? undefined : written.get(storedAs(result));
      const after = copiedAt.get(value) ?? last.get(value) ?? 0;
      return until === undefined || after >= until
        ? []
        : [{ bytes: bytesOf(value), after, until, taken: [] as Lifetime[] }];
    })
    .sort((a, b) => a.bytes - b.bytes);
  return [...stored]
    .sort((a, b) => b.bytes - a.bytes)
    .filter(({ bytes, from, to }) => {
      const place = places.find(
        ({ bytes: size, after, until, taken }) =>
          size >= bytes && from > after && to < until && taken.every((other) => to < other.from || from > other.to),
      );
      place?.taken.push({ from, to });
      return place === undefined;
    });
}

/** The step at which most is alive. A result may lie where an operand of its size was that dies with the step. */
function largestSum(
  steps: readonly Step[],
  stored: readonly Stored[],
): { readonly bytes: number; readonly alive: readonly Intermediate[] } {
  const starting = groupBy(stored, ({ from }) => from);
  const ending = groupBy(stored, ({ to }) => to);
  const alive = new Set<Stored>();
  let [bytes, most] = [0, 0];
  let atPeak: readonly Intermediate[] = [];
  const drop = (item: Stored): void => {
    if (alive.delete(item)) bytes -= item.bytes;
  };
  steps.forEach(({ inPlace }, i) => {
    const made = starting.get(i) ?? [];
    const dying = ending.get(i) ?? [];
    const [only] = made;
    const under =
      made.length === 1 && only !== undefined
        ? dying.find((item) => item !== only && inPlace.has(item.value) && item.bytes === only.bytes)
        : undefined;
    if (under !== undefined) drop(under);
    for (const item of made) {
      alive.add(item);
      bytes += item.bytes;
    }
    if (bytes > most) [most, atPeak] = [bytes, [...alive]];
    dying.forEach(drop);
  });
  return { bytes: most, alive: atPeak };
}

/** Number of the last step that reads a value; a copy stands for the argument that it was made of. */
function lastReads(steps: readonly Step[]): ReadonlyMap<Value, number> {
  return new Map(
    steps.flatMap(({ reads, copies }, i) => (copies === undefined ? reads.map((value) => [value, i] as const) : [])),
  );
}

function groupBy(items: readonly Stored[], key: (item: Stored) => number): ReadonlyMap<number, readonly Stored[]> {
  const groups = new Map<number, Stored[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
