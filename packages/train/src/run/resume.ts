/** Where a run starts: from nothing, from the newest whole checkpoint of its directory, or from a given one. */
import { L3mError } from "@l3m/errors";
import { loadCheckpoint, type LoadedCheckpoint, loadLatest } from "../checkpoint/load-checkpoint.ts";
import type { Reporter } from "./reporter.ts";
import { refuseOldRun, type RunDir } from "./run-dir.ts";

export interface ResumeRequest {
  /** `auto`, `never`, or a checkpoint folder. */
  readonly resume: string;
  readonly run: RunDir;
  readonly engine: string;
  readonly allowEngineChange: boolean;
  readonly config: string;
  readonly reporter: Reporter;
}

/** The checkpoint to start from, if any. @throws L3M_CHECKPOINT, L3M_RUN_DIR */
export async function checkpointToResume(request: ResumeRequest): Promise<LoadedCheckpoint | undefined> {
  const { resume, run, reporter } = request;
  if (resume === "never") {
    refuseOldRun(run);
    return undefined;
  }
  const checkpoint =
    resume === "auto"
      ? await loadLatest(run.checkpoints, (error) =>
          reporter.warn(`passed over a damaged checkpoint:\n${error.message}`),
        )
      : await loadCheckpoint(resume);
  if (checkpoint === undefined) return undefined;
  if (checkpoint.manifest.engine !== request.engine && !request.allowEngineChange) {
    throw new L3mError("L3M_CHECKPOINT", {
      message: "The checkpoint was made on another engine, whose numbers differ in the last digits.",
      where: { file: checkpoint.path },
      expected: request.engine,
      got: checkpoint.manifest.engine,
      fix: `Run with --engine ${checkpoint.manifest.engine}, or add --allow-engine-change.`,
    });
  }
  const changed = changedLines(checkpoint.manifest.config, request.config);
  if (changed.length > 0) {
    throw new L3mError("L3M_CHECKPOINT", {
      message: "The configuration is not the one that the checkpoint was made with.",
      where: { file: checkpoint.path },
      expected: "the same configuration, except how often to log, validate and save",
      got: changed.slice(0, 8).join("; "),
      fix: "Undo the change, or start a new run directory.",
    });
  }
  return checkpoint;
}

/** Keys that may change between the parts of one run. */
const FREE = /^\s*(log_every|validate_every|checkpoint_every|keep_checkpoints|workers|prefetch|engine|name):/;

/** Lines of the resolved configurations that differ and matter. */
function changedLines(before: string, after: string): string[] {
  const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "" && !FREE.test(line));
  const old = lines(before);
  const now = lines(after);
  return [
    ...now.filter((line) => !old.includes(line)),
    ...old.filter((line) => !now.includes(line)).map((line) => `was ${line.trim()}`),
  ].map((line) => line.trim());
}
