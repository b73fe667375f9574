/** Weights of L3M's own runs and checkpoints. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { L3mError } from "@l3m/errors";
import { loadCheckpoint, type LoadedCheckpoint, loadLatest } from "../checkpoint/load-checkpoint.ts";
import { savedSteps } from "../checkpoint/save-checkpoint.ts";
import type { TensorSource } from "../checkpoint/tensor-source.ts";
import { runDir } from "../run/run-dir.ts";
import type { OpenedWeights } from "./open-weights.ts";
import type { WeightSource } from "./weight-source.ts";

/** The weights of one checkpoint folder, whose files are verified. @throws L3M_CHECKPOINT */
export async function stepWeights(folder: string): Promise<OpenedWeights> {
  return opened(await loadCheckpoint(folder));
}

/** Those of the newest whole checkpoint of a run, or of its folder `checkpoints`; undefined when there is none. @throws L3M_CHECKPOINT */
export async function runWeights(
  folder: string,
  onDamaged: (error: L3mError) => void,
): Promise<OpenedWeights | undefined> {
  const { checkpoints } = runDir(folder);
  const place = basename(folder) === basename(checkpoints) || !existsSync(checkpoints) ? folder : checkpoints;
  if (savedSteps(place).length === 0) return undefined;
  const latest = await loadLatest(place, onDamaged);
  return latest === undefined ? undefined : opened(latest);
}

function opened({ path, manifest, tensors }: LoadedCheckpoint): OpenedWeights {
  const weights = new Map([...tensors].map(([name, tensor]) => [name, ownWeight(name, tensor)]));
  return { path, kind: `checkpoint after step ${manifest.step}`, weights, ignored: [], config: manifest.config };
}

function ownWeight(name: string, tensor: TensorSource): WeightSource {
  return { ...tensor, stored: tensor.dtype, from: [name] };
}
