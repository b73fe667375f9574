/**
 * `kill -9` at random moments: an uninterrupted run, then the same run killed again and again and resumed each time, must
 * leave the same numbers. `npx tsx tools/chaos/main.ts [--kills 20] [--steps 120] [--seed 1] [--config FILE]`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startL3m } from "../e2e/run-l3m.ts";
import { compareMetrics } from "./compare-metrics.ts";
import { drawMoment, loggedSteps, type Moment, type Pace, reached } from "./kill-moment.ts";

export interface ChaosOptions {
  readonly config: string;
  /** Optimizer steps of the run. */
  readonly steps: number;
  /** Steps between two checkpoints. */
  readonly checkpointEvery: number;
  readonly kills: number;
  /** Of the moments. */
  readonly seed: number;
  /** Further `key=value` tokens. */
  readonly overrides?: readonly string[];
  readonly log: (line: string) => void;
}

export interface ChaosResult {
  readonly kills: readonly Moment[];
  /** Empty when the interrupted run left the same numbers. */
  readonly differences: readonly string[];
}

/** Runs the experiment both ways in temporary folders. Throws when a run ends with an error. */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const { steps, kills, log, checkpointEvery } = options;
  const folder = mkdtempSync(path.join(tmpdir(), "l3m-chaos-"));
  const whole = path.join(folder, "uninterrupted");
  const broken = path.join(folder, "killed");
  try {
    const pace = await uninterrupted(options, whole);
    log(
      `uninterrupted: ${steps} steps, first step after ${(pace.startMs / 1000).toFixed(1)} s, then ${pace.stepMs.toFixed(0)} ms a step`,
    );
    const random = randomNumbers(options.seed);
    const done: Moment[] = [];
    while (done.length < kills) {
      const moment = drawMoment(random, pace, steps - savedStep(broken), checkpointEvery);
      const run = start(options, broken);
      let ended = false;
      void run.ended.then(() => (ended = true));
      if (!(await reached(moment, broken, () => ended))) {
        const { code, signal, stdout, stderr } = await run.ended;
        throw new Error(`the run ended (${signal ?? `exit code ${code}`}) before it was killed:\n${stdout}\n${stderr}`);
      }
      run.child.kill("SIGKILL");
      await run.ended;
      done.push(moment);
      log(
        `kill ${done.length}/${kills}: ${describe(moment)}; ${loggedSteps(broken)} steps logged, checkpoint of step ${savedStep(broken)}`,
      );
    }
    await finish(options, broken);
    const differences = compareMetrics(path.join(whole, "metrics.jsonl"), path.join(broken, "metrics.jsonl"));
    const litter = readdirSync(path.join(broken, "checkpoints")).filter((name) => name.endsWith(".tmp"));
    return { kills: done, differences: [...differences, ...litter.map((name) => `left behind: checkpoints/${name}`)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(
  { config, steps, checkpointEvery, overrides = [] }: ChaosOptions,
  runDir: string,
): ReturnType<typeof startL3m> {
  const cut = [
    `experiment.total_iterations=${steps}`,
    `experiment.checkpoint_every=${checkpointEvery}`,
    "data.val=null",
    "metrics=[]",
  ];
  return startL3m(["train", config, ...cut, ...overrides, "--run-dir", runDir, "--resume", "auto"]);
}

async function finish(options: ChaosOptions, runDir: string): Promise<void> {
  const { code, stdout, stderr } = await start(options, runDir).ended;
  if (code !== 0) throw new Error(`the run ended with exit code ${code}:\n${stdout}\n${stderr}`);
}

async function uninterrupted(options: ChaosOptions, runDir: string): Promise<Pace> {
  const started = Date.now();
  const finished = finish(options, runDir);
  let running = true;
  void finished.finally(() => (running = false)).catch(() => undefined);
  while (running && loggedSteps(runDir) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const startMs = Date.now() - started;
  await finished;
  return { startMs, stepMs: (Date.now() - started - startMs) / options.steps };
}

/** The step of the newest checkpoint, 0 without one. */
function savedStep(runDir: string): number {
  try {
    return Number(
      readFileSync(path.join(runDir, "checkpoints", "latest"), "utf8")
        .trim()
        .replace("step-", ""),
    );
  } catch {
    return 0;
  }
}

function describe({ kind, steps, delayMs }: Moment): string {
  if (kind === "start") return `${delayMs.toFixed(0)} ms after the start`;
  if (kind === "checkpoint") return `${delayMs.toFixed(0)} ms into writing a checkpoint`;
  return `${delayMs.toFixed(0)} ms after its step ${steps}`;
}

/** Uniform numbers in [0, 1) (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
