/** Writing a checkpoint so that a crash at any moment leaves either the old ones or the new one, never half of it. */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { FORMAT_VERSION, folderOfStep, type LoopState, type Manifest, type TensorEntry } from "./format.ts";
import { type StoredArray, writeSafetensors } from "./safetensors.ts";

export interface CheckpointContents {
  readonly tensors: ReadonlyMap<string, StoredArray>;
  readonly loop: LoopState;
  readonly config: string;
  readonly engine: string;
  readonly mesh: Manifest["mesh"];
}

/**
 * Writes `step-<n>` under `folder` (temporary name, fsync, rename), then points `latest` at it, then removes all but the
 * newest `keep`. Returns the path.
 *
 * @throws L3M_DISK_FULL, L3M_RUN_DIR
 */
export function saveCheckpoint(folder: string, contents: CheckpointContents, keep: number): string {
  const name = folderOfStep(contents.loop.step);
  const target = path.join(folder, name);
  const temporary = path.join(folder, `.${name}.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const left of unfinished(folder)) rmSync(path.join(folder, left), { recursive: true, force: true });
    mkdirSync(temporary);
    writeSafetensors(path.join(temporary, "shard-0.safetensors"), contents.tensors);
    writeSynced(path.join(temporary, "state.json"), JSON.stringify(contents.loop, null, 2));
    writeSynced(path.join(temporary, "manifest.json"), JSON.stringify(manifestOf(temporary, contents), null, 2));
    syncFolder(temporary);
    rmSync(target, { recursive: true, force: true });
    renameSync(temporary, target);
    syncFolder(folder);
    const latest = path.join(folder, "latest");
    writeSynced(`${latest}.tmp`, `${name}\n`);
    renameSync(`${latest}.tmp`, latest);
    syncFolder(folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw writeError(error, target);
  }
  for (const old of savedSteps(folder).slice(0, -keep))
    rmSync(path.join(folder, old), { recursive: true, force: true });
  return target;
}

/** Names of the finished checkpoints in `folder`, oldest first. */
export function savedSteps(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^step-\d+$/.test(name))
    .sort();
}

/** What a crash left of checkpoints that were being written. */
function unfinished(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".tmp"));
}

/** Turns a failed write into an error that says what to do. */
export function writeError(error: unknown, file: string): Error {
  if (!(error instanceof Error) || !("code" in error))
    return error instanceof Error ? error : new L3mError("L3M_RUN_DIR", { message: String(error), where: { file } });
  const { code } = error;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    return new L3mError("L3M_DISK_FULL", {
      message: "There is no space left to write.",
      where: { file },
      expected: "space for one more checkpoint",
      got: error.message,
      fix: "Free space, then run the same command with the same --run-dir; earlier checkpoints are intact.",
      cause: error,
    });
  }
  return new L3mError("L3M_RUN_DIR", {
    message: "The run directory cannot be written.",
    where: { file },
    expected: "a directory that this process can create and write",
    got: error.message,
    fix: "Choose another one with --run-dir, or change its permissions.",
    cause: error,
  });
}

function manifestOf(folder: string, contents: CheckpointContents): Manifest {
  const tensors: Record<string, TensorEntry> = {};
  for (const [name, { data, shape }] of contents.tensors) {
    const dtype = data instanceof Float32Array ? "F32" : data instanceof Int32Array ? "I32" : "U8";
    tensors[name] = { dtype, shape, shards: [{ file: "shard-0.safetensors", offset: shape.map(() => 0) }] };
  }
  const files = Object.fromEntries(
    ["shard-0.safetensors", "state.json"].map((file) => {
      const full = path.join(folder, file);
      return [file, { bytes: statSync(full).size, sha256: hashFile(full) }];
    }),
  );
  const { loop, engine, mesh, config } = contents;
  return { format: "l3m-checkpoint", version: FORMAT_VERSION, step: loop.step, engine, mesh, config, tensors, files };
}

/** SHA-256 of a file, in hexadecimal. */
export function hashFile(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function writeSynced(file: string, text: string): void {
  const descriptor = openSync(file, "w");
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
