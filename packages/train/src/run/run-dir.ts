/** The files of a run. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { writeError } from "../checkpoint/save-checkpoint.ts";

export interface RunDir {
  readonly path: string;
  readonly config: string;
  readonly metrics: string;
  readonly checkpoints: string;
  readonly report: string;
}

/** Paths inside a run directory. */
export function runDir(folder: string): RunDir {
  return {
    path: folder,
    config: path.join(folder, "config.resolved.yaml"),
    metrics: path.join(folder, "metrics.jsonl"),
    checkpoints: path.join(folder, "checkpoints"),
    report: path.join(folder, "report.html"),
  };
}

/** `runs/<name>/<date>-<time>` under the current folder: a new directory for each run. */
export function newRunDir(name: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return path.join("runs", name.replace(/[^\w.-]+/g, "-"), stamp);
}

/** Writes a file of the run whole or not at all. @throws L3M_RUN_DIR, L3M_DISK_FULL */
export function writeRunFile(file: string, text: string): void {
  const temporary = `${file}.tmp`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeError(error, file);
  }
}

/** @throws L3M_RUN_DIR when the directory holds a run and `resume` is `never` */
export function refuseOldRun(run: RunDir): void {
  if (!existsSync(run.metrics) && !existsSync(run.checkpoints)) return;
  throw new L3mError("L3M_RUN_DIR", {
    message: "The run directory holds another run.",
    where: { file: run.path },
    expected: "an empty or new directory with --resume never",
    got: "metrics.jsonl or checkpoints of an earlier run",
    fix: "Choose another --run-dir, or go on with --resume auto.",
  });
}
