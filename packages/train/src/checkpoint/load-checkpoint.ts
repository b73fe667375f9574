/** Finding and reading a checkpoint; a damaged one is passed over for the newest whole one, and said so. */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { FORMAT_VERSION, type LoopState, type Manifest } from "./format.ts";
import { hashFile, savedSteps } from "./save-checkpoint.ts";
import { readSafetensors, type StoredArray } from "./safetensors.ts";

/** What every checkpoint has, beside its manifest. */
const FILES = ["shard-0.safetensors", "state.json"] as const;

export interface LoadedCheckpoint {
  readonly path: string;
  readonly manifest: Manifest;
  readonly loop: LoopState;
  readonly tensors: ReadonlyMap<string, StoredArray>;
}

/**
 * The newest whole checkpoint under `folder`, or undefined when there is none at all.
 *
 * @param onDamaged told about each newer one that was passed over
 * @throws L3M_CHECKPOINT when there are checkpoints and none is whole
 */
export function loadLatest(folder: string, onDamaged: (error: L3mError) => void): LoadedCheckpoint | undefined {
  const names = savedSteps(folder).reverse();
  let damaged = 0;
  for (const name of names) {
    try {
      return loadCheckpoint(path.join(folder, name));
    } catch (error) {
      if (!(error instanceof L3mError)) throw error;
      damaged += 1;
      onDamaged(error);
    }
  }
  if (damaged === 0) return undefined;
  throw new L3mError("L3M_CHECKPOINT", {
    message: "No checkpoint of the run is whole.",
    where: { file: folder },
    expected: "at least one whole checkpoint",
    got: `${damaged} damaged: ${names.join(", ")}`,
    fix: "Resume from a checkpoint elsewhere (--resume PATH), or start over in a new run directory (--run-dir).",
  });
}

/** Reads and verifies one checkpoint folder. @throws L3M_CHECKPOINT */
export function loadCheckpoint(folder: string): LoadedCheckpoint {
  const damaged = (message: string, expected?: string, got?: string): L3mError =>
    new L3mError("L3M_CHECKPOINT", {
      message,
      where: { file: folder },
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
      fix: "Resume from another checkpoint (--resume PATH), or start over with --resume never in a new run directory.",
    });
  const manifestFile = path.join(folder, "manifest.json");
  if (!existsSync(manifestFile)) throw damaged("This is no checkpoint: manifest.json is missing.");
  const manifest = parseJson(manifestFile) as Manifest | undefined;
  if (manifest?.format !== "l3m-checkpoint") throw damaged("manifest.json is damaged.");
  if (manifest.version !== FORMAT_VERSION)
    throw damaged("The checkpoint has another format.", `version ${FORMAT_VERSION}`, `version ${manifest.version}`);
  const unlisted = FILES.find((file) => !(file in (manifest.files ?? {})));
  if (unlisted !== undefined) throw damaged("manifest.json is damaged.", `an entry for ${unlisted}`, "none");
  for (const [file, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const full = path.join(folder, file);
    if (!existsSync(full)) throw damaged(`${file} is missing.`);
    const size = statSync(full).size;
    if (size !== bytes) throw damaged(`${file} is truncated.`, `${bytes} bytes`, `${size} bytes`);
    const hash = hashFile(full);
    if (hash !== sha256) throw damaged(`${file} was changed.`, `sha256 ${sha256}`, `sha256 ${hash}`);
  }
  const loop = parseJson(path.join(folder, "state.json")) as LoopState;
  if (loop.step !== manifest.step)
    throw damaged("manifest.json was changed.", `step ${loop.step}, as in state.json`, `step ${manifest.step}`);
  return { path: folder, manifest, loop, tensors: readSafetensors(path.join(folder, "shard-0.safetensors")) };
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
