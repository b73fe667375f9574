/** Writing a checkpoint so that a crash at any moment leaves either the old ones or the new one, never half of it. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import {
  folderOfStep,
  FORMAT_VERSION,
  type LoopState,
  type Manifest,
  MANIFEST_FILE,
  shardFile,
  STATE_FILE,
  type TensorEntry,
} from "./format.ts";
import { type FileRecord, writeHashed } from "./hashed-file.ts";
import { safetensorsParts } from "./safetensors.ts";
import { planShards, SHARD_BYTES } from "./shard-plan.ts";
import { bytesOf, type TensorSource } from "./tensor-source.ts";

export interface CheckpointContents {
  /** Read one at a time, each written before the next is read. */
  readonly tensors: ReadonlyMap<string, TensorSource>;
  readonly loop: LoopState;
  readonly config: string;
  readonly engine: string;
  readonly mesh: Manifest["mesh"];
}

export interface SaveOptions {
  /** How many checkpoints to keep, this one included. */
  readonly keep: number;
  /** Most bytes of tensors in one file. Default 4e9. */
  readonly shardBytes?: number | undefined;
}

/**
 * Writes `step-<n>` under `folder` (temporary name, fsync, rename), then points `latest` at it, then removes all but the
 * newest `keep`. Returns the path.
 *
 * @throws L3M_DISK_FULL, L3M_RUN_DIR
 */
export async function saveCheckpoint(
  folder: string,
  contents: CheckpointContents,
  { keep, shardBytes = SHARD_BYTES }: SaveOptions,
): Promise<string> {
  const name = folderOfStep(contents.loop.step);
  const target = path.join(folder, name);
  const temporary = path.join(folder, `.${name}.${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const left of unfinished(folder)) rmSync(path.join(folder, left), { recursive: true, force: true });
    mkdirSync(temporary);
    const manifest = await writeContents(temporary, contents, shardBytes);
    await writeText(path.join(temporary, MANIFEST_FILE), JSON.stringify(manifest, null, 2));
    syncFolder(temporary);
    rmSync(target, { recursive: true, force: true });
    renameSync(temporary, target);
    syncFolder(folder);
    const latest = path.join(folder, "latest");
    await writeText(`${latest}.tmp`, `${name}\n`);
    renameSync(`${latest}.tmp`, latest);
    syncFolder(folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error instanceof L3mError ? error : writeError(error, target); // the engine's, or the disk's
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

/** Writes the shards and the loop's state; returns the manifest that says what they are. */
async function writeContents(folder: string, contents: CheckpointContents, shardBytes: number): Promise<Manifest> {
  const { loop, engine, mesh, config } = contents;
  const tensors: Record<string, TensorEntry> = {};
  const files: Record<string, FileRecord> = {};
  for (const [k, shard] of planShards(contents.tensors, shardBytes, bytesOf).entries()) {
    const file = shardFile(k);
    files[file] = await writeHashed(path.join(folder, file), safetensorsParts(shard));
    for (const [name, { dtype, shape }] of shard)
      tensors[name] = { dtype, shape, shards: [{ file, offset: shape.map(() => 0) }] };
  }
  files[STATE_FILE] = await writeText(path.join(folder, STATE_FILE), JSON.stringify(loop, null, 2));
  return { format: "l3m-checkpoint", version: FORMAT_VERSION, step: loop.step, engine, mesh, config, tensors, files };
}

function writeText(file: string, text: string): Promise<FileRecord> {
  return writeHashed(file, [Buffer.from(text)]);
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
