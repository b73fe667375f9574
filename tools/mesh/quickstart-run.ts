/** Twenty steps of the quickstart through the real command, in a process of its own, and what they left. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadCheckpoint, readMetrics, type TensorData } from "@l3m/train";
import { l3m } from "../e2e/run-l3m.ts";

/** Optimizer steps of a run; it is saved after every one. */
export const STEPS = 20;

export interface FinishedRun {
  readonly runDir: string;
  /** One per step. */
  readonly losses: readonly number[];
  /**
   * AdamW's first moment after the first step, by parameter path: the clipped gradients times `1 - beta1`, on their way
   * through the checkpoint.
   */
  readonly firstGradients: ReadonlyMap<string, TensorData>;
}

/** A folder for run directories. */
export function runFolder(): string {
  return mkdtempSync(path.join(tmpdir(), "l3m-mesh-"));
}

/** Trains `configs/quickstart/clip.yaml` with these overrides; an existing `runDir` goes on. */
export async function runQuickstart(runDir: string, overrides: readonly string[]): Promise<FinishedRun> {
  const cut = [`experiment.total_iterations=${STEPS}`, `+experiment.keep_checkpoints=${STEPS}`];
  const rest = ["experiment.checkpoint_every=1", "data.val=null", "metrics=[]", "data.train.workers=0"];
  const args = ["train", "configs/quickstart/clip.yaml", ...cut, ...rest, ...overrides];
  const { code, stdout, stderr } = await l3m([...args, "--engine", "xla-cpu", "--run-dir", runDir]);
  if (code !== 0) throw new Error(`l3m ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
  const { tensors } = await loadCheckpoint(path.join(runDir, "checkpoints", stepFolder(1)));
  const prefix = "optim/exp_avg/";
  const firstGradients = new Map<string, TensorData>();
  for (const [name, tensor] of tensors)
    if (name.startsWith(prefix)) firstGradients.set(name.slice(prefix.length), await tensor.read());
  return {
    runDir,
    losses: readMetrics(path.join(runDir, "metrics.jsonl")).flatMap(({ loss }) =>
      typeof loss === "number" ? [loss] : [],
    ),
    firstGradients,
  };
}

/** Name of the checkpoint after `step` steps. */
export function stepFolder(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}
