/** The order in which a compiled program runs its kernels, and the arguments that it copies first. */
import { type Value } from "@l3m/stablehlo";
import { type LoweringPlatform } from "../backend/xla-backend.ts";
import { type Kernel } from "./fusion.ts";
import { type ProgramGraph, storedAs } from "./graph.ts";

/** One thing that runs. */
export interface Step {
  /** Stored values, arguments included. */
  readonly reads: readonly Value[];
  readonly writes: readonly Value[];
  /** Those of `reads` whose memory `writes` may take over. */
  readonly inPlace: ReadonlySet<Value>;
  /** The argument that this copies so that its memory can take a result early; `writes` is empty then. */
  readonly copies: Value | undefined;
}

/**
 * Kernels in the order in which they run. XLA orders them on CPUs breadth first, so that there is always work for several
 * threads, and on GPUs, where one follows the other, about as they were recorded.
 */
export function schedule(graph: ProgramGraph, kernels: readonly Kernel[], platform: LoweringPlatform): readonly Step[] {
  const steps = kernels.map(({ op, reads, inPlace }): Step => ({
    reads,
    inPlace,
    writes: op.results,
    copies: undefined,
  }));
  if (platform === "cuda") return steps;
  return breadthFirst(graph, resultsReversed(graph, steps), copiedArguments(graph, steps));
}

/** XLA fuses from the last result to the first, so the kernels that write results are known to what they read in this order. */
function resultsReversed({ results }: ProgramGraph, steps: readonly Step[]): readonly Step[] {
  const position = new Map(results.map((value, i) => [storedAs(value), i]));
  const place = ({ writes }: Step): number => Math.max(...writes.map((value) => position.get(value) ?? -1));
  const writing = steps.filter((step) => place(step) >= 0).sort((a, b) => place(b) - place(a));
  return [...steps.filter((step) => place(step) < 0), ...writing];
}

/** First in, first out, as soon as everything that a step reads is there. */
function breadthFirst(
  { parameters }: ProgramGraph,
  steps: readonly Step[],
  copied: ReadonlySet<Value>,
): readonly Step[] {
  const readers = readersOf(steps);
  const missing = new Map(steps.map((step) => [step, step.reads.length]));
  const order = steps.filter(({ reads }) => reads.length === 0);
  const arrived = (value: Value): void => {
    for (const step of readers.get(value) ?? []) {
      const left = (missing.get(step) ?? 0) - 1;
      missing.set(step, left);
      if (left === 0) order.push(step);
    }
  };
  for (const { value } of parameters) {
    if (copied.has(value)) order.push({ reads: [value], writes: [], inPlace: new Set(), copies: value });
    else arrived(value);
  }
  for (const { writes, copies } of order) [...writes, ...(copies === undefined ? [] : [copies])].forEach(arrived);
  return order;
}

/**
 * Arguments that are copied before their memory takes a result: those with a reader of which it is not certain that it runs
 * before the step that writes the result. XLA decides this before it orders the kernels.
 */
function copiedArguments({ parameters, results }: ProgramGraph, steps: readonly Step[]): ReadonlySet<Value> {
  const writers = new Map(steps.flatMap((step) => step.writes.map((value) => [value, step] as const)));
  const readers = readersOf(steps);
  const copied = new Set<Value>();
  for (const { value, aliasResult } of parameters) {
    const result = aliasResult === undefined ? undefined : results[aliasResult];
    const writer = result === undefined ? undefined : writers.get(storedAs(result));
    if (writer === undefined) continue;
    const others = (readers.get(value) ?? []).filter((reader) => reader !== writer);
    if (others.length === 0) continue;
    const before = stepsBefore(writer, writers);
    if (others.some((reader) => !before.has(reader))) copied.add(value);
  }
  return copied;
}

/** Steps that `step` waits for. */
function stepsBefore(step: Step, writers: ReadonlyMap<Value, Step>): ReadonlySet<Step> {
  const found = new Set<Step>();
  const waiting = [step];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const value of next.reads) {
      const source = writers.get(value);
      if (source === undefined || found.has(source)) continue;
      found.add(source);
      waiting.push(source);
    }
  }
  return found;
}

function readersOf(steps: readonly Step[]): ReadonlyMap<Value, readonly Step[]> {
  const readers = new Map<Value, Step[]>();
  for (const step of steps) {
    for (const value of step.reads) {
      const list = readers.get(value);
      if (list === undefined) readers.set(value, [step]);
      else list.push(step);
    }
  }
  return readers;
}
