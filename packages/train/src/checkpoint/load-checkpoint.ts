/** Finding and opening a checkpoint; a damaged one is passed over for the newest whole one, and said so. */
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { damaged } from "./damaged.ts";
import { isShardFile, type LoopState, type Manifest, STATE_FILE } from "./format.ts";
import { hashFile } from "./hashed-file.ts";
import { readJson, readManifest } from "./read-manifest.ts";
import { openSafetensors } from "./safetensors.ts";
import { savedSteps } from "./save-checkpoint.ts";
import { formatType, type TensorSource } from "./tensor-source.ts";

export interface LoadedCheckpoint {
  readonly path: string;
  readonly manifest: Manifest;
  readonly loop: LoopState;
  /** In the files still: each is read when it is asked for. */
  readonly tensors: ReadonlyMap<string, TensorSource>;
}

/**
 * The newest whole checkpoint under `folder`, or undefined when there is none at all.
 *
 * @param onDamaged told about each newer one that was passed over
 * @throws L3M_CHECKPOINT when there are checkpoints and none is whole
 */
export async function loadLatest(
  folder: string,
  onDamaged: (error: L3mError) => void,
): Promise<LoadedCheckpoint | undefined> {
  const names = savedSteps(folder).reverse();
  let passedOver = 0;
  for (const name of names) {
    try {
      return await loadCheckpoint(path.join(folder, name));
    } catch (error) {
      if (!(error instanceof L3mError)) throw error;
      passedOver += 1;
      onDamaged(error);
    }
  }
  if (passedOver === 0) return undefined;
  throw new L3mError("L3M_CHECKPOINT", {
    message: "No checkpoint of the run is whole.",
    where: { file: folder },
    expected: "at least one whole checkpoint",
    got: `${passedOver} damaged: ${names.join(", ")}`,
    fix: "Resume from a checkpoint elsewhere (--resume PATH), or start over in a new run directory (--run-dir).",
  });
}

/** Verifies every file of one checkpoint folder, then opens it. @throws L3M_CHECKPOINT */
export async function loadCheckpoint(folder: string): Promise<LoadedCheckpoint> {
  const manifest = readManifest(folder);
  await verifyFiles(folder, manifest);
  const loop = readJson(path.join(folder, STATE_FILE)) as LoopState;
  if (loop.step !== manifest.step)
    throw damaged(folder, "manifest.json was changed.", {
      expected: `step ${loop.step}, as in state.json`,
      got: `step ${manifest.step}`,
    });
  return { path: folder, manifest, loop, tensors: await openTensors(folder, manifest) };
}

/** Compares the folder with the list of its files: first what is quick to see, then the hashes. */
async function verifyFiles(folder: string, { files }: Manifest): Promise<void> {
  for (const [file, { bytes }] of Object.entries(files)) {
    const full = path.join(folder, file);
    if (!existsSync(full)) throw damaged(folder, `${file} is missing.`);
    const size = statSync(full).size;
    const compared = { expected: `${bytes} bytes`, got: `${size} bytes` };
    if (size !== bytes) throw damaged(folder, `${file} is ${size < bytes ? "truncated" : "too long"}.`, compared);
  }
  const extra = readdirSync(folder).find((name) => isShardFile(name) && !Object.hasOwn(files, name));
  if (extra !== undefined) throw damaged(folder, `${extra} does not belong to the checkpoint.`);
  for (const [file, { sha256 }] of Object.entries(files)) {
    const hash = await hashFile(path.join(folder, file));
    if (hash !== sha256)
      throw damaged(folder, `${file} was changed.`, { expected: `sha256 ${sha256}`, got: `sha256 ${hash}` });
  }
}

/** The tensors of all shards, which must be those of the manifest. */
async function openTensors(folder: string, manifest: Manifest): Promise<ReadonlyMap<string, TensorSource>> {
  const tensors = new Map<string, TensorSource>();
  const placeOf = (name: string): string => {
    const entry = manifest.tensors[name];
    return entry === undefined ? "none" : `${formatType(entry)} in ${entry.shards[0]?.file}`;
  };
  const changed = (name: string, found: string): Error =>
    damaged(folder, "manifest.json was changed.", { expected: `${name}: ${found}`, got: placeOf(name) });
  for (const file of Object.keys(manifest.files).filter(isShardFile)) {
    for (const [name, tensor] of await openSafetensors(path.join(folder, file))) {
      const found = `${formatType(tensor)} in ${file}`;
      if (found !== placeOf(name)) throw changed(name, found);
      tensors.set(name, tensor);
    }
  }
  for (const name of Object.keys(manifest.tensors)) if (!tensors.has(name)) throw changed(name, "none");
  return tensors;
}
