/** When to kill: a run has three kinds of moments in which a crash could do harm. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** `start`: loading, compiling, reading the checkpoint. `step`: between two checkpoints. `checkpoint`: while one is written. */
export type MomentKind = "start" | "step" | "checkpoint";

export interface Moment {
  readonly kind: MomentKind;
  /** Steps that must be logged first (`step`). */
  readonly steps: number;
  /** Then milliseconds to wait: since the process started (`start`), since the step, since the checkpoint was begun. */
  readonly delayMs: number;
}

/** What the uninterrupted run took. */
export interface Pace {
  /** From the start of the process to its first step. */
  readonly startMs: number;
  readonly stepMs: number;
}

/** A moment drawn with `random`, which is uniform in [0, 1), for a run that has `left` steps to go. */
export function drawMoment(random: () => number, pace: Pace, left: number, checkpointEvery: number): Moment {
  const kinds: readonly MomentKind[] = left <= 2 * checkpointEvery ? ["start"] : ["start", "step", "checkpoint"];
  const kind = kinds[Math.floor(random() * kinds.length)] ?? "start";
  if (kind === "start") return { kind, steps: 0, delayMs: random() * pace.startMs };
  if (kind === "checkpoint") return { kind, steps: 0, delayMs: random() * 100 };
  return { kind, steps: 1 + Math.floor(random() * 1.6 * checkpointEvery), delayMs: random() * pace.stepMs };
}

/** Resolves true at the moment, or false when `ended` came first. */
export async function reached(moment: Moment, runDir: string, ended: () => boolean): Promise<boolean> {
  const started = Date.now();
  const oldFolders = new Set(unfinished(runDir));
  let fewest = Infinity; // a resumed run first cuts the log back to its checkpoint
  const has = (): boolean => {
    if (moment.kind === "checkpoint") return unfinished(runDir).some((name) => !oldFolders.has(name));
    const logged = loggedSteps(runDir);
    fewest = Math.min(fewest, logged);
    // a start from a warm cache may be over before its moment
    if (moment.kind === "start") return Date.now() - started >= moment.delayMs || logged > fewest;
    return logged >= fewest + moment.steps;
  };
  while (!has()) {
    if (ended()) return false;
    await pause(3);
  }
  if (moment.kind !== "start") await pause(moment.delayMs);
  return !ended();
}

/** Whole lines of metrics.jsonl. */
export function loggedSteps(runDir: string): number {
  const file = path.join(runDir, "metrics.jsonl");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
}

/** Checkpoints that are being written, or that a crash left so. */
function unfinished(runDir: string): string[] {
  const folder = path.join(runDir, "checkpoints");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".tmp")) : [];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
