/** Opening weights, whatever kind of file or folder they are in; kinds are told by contents, not by names. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isL3mError, type L3mError } from "@l3m/errors";
import { MANIFEST_FILE } from "../checkpoint/format.ts";
import { badWeights } from "./bad-weights.ts";
import { withBareNames } from "./bare-names.ts";
import { type BytesAt, fileBytes } from "./bytes-at.ts";
import { runWeights, stepWeights } from "./own-checkpoint.ts";
import { INDEX_SUFFIX, safetensorsWeights, shardedWeights } from "./safetensors-weights.ts";
import { stateDictOf } from "./torch/state-dict.ts";
import { openTorchFile } from "./torch/torch-file.ts";
import type { WeightSource, Weights } from "./weight-source.ts";

export interface OpenedWeights {
  /** The file or folder that was read in the end. */
  readonly path: string;
  /** What it is, for people: `safetensors`, `PyTorch file`, `checkpoint after step 500`. */
  readonly kind: string;
  /** By the names of parameters: wrappers of trainers are gone. Each is read when it is asked for. */
  readonly weights: Weights;
  /** Names of what the file holds beside tensors. */
  readonly ignored: readonly string[];
  /** The resolved config of an L3M checkpoint, as YAML. */
  readonly config?: string;
}

/**
 * Opens safetensors (one file, a sharded set by its index or folder), files of `torch.save`, and L3M's own runs and
 * checkpoints. Only headers and lists are read.
 *
 * @param onDamaged told about newer checkpoints of a run that were passed over
 * @throws L3M_WEIGHTS when nothing is there, or it is damaged or of another kind; L3M_CHECKPOINT for a damaged checkpoint
 */
export async function openWeights(
  place: string,
  onDamaged: (error: L3mError) => void = () => undefined,
): Promise<OpenedWeights> {
  if (!existsSync(place))
    throw badWeights(place, "There are no weights here.", {
      expected: "a .safetensors file or its index, a .pth file of torch.save, or a run or checkpoint of L3M",
      got: "nothing",
      fix: "Correct the path; paths in a config are relative to its file.",
    });
  const opened = await openPlace(place, onDamaged).catch((error: unknown) => {
    if (isL3mError(error) || !(error instanceof Error && "syscall" in error)) throw error;
    throw badWeights(place, "The weights cannot be read.", {
      got: error.message,
      fix: "Check the permissions of the file and the disk it is on.",
      cause: error,
    });
  });
  return { ...opened, weights: withBareNames(opened.weights, opened.path) };
}

async function openPlace(place: string, onDamaged: (error: L3mError) => void): Promise<OpenedWeights> {
  return statSync(place).isDirectory() ? openFolder(place, onDamaged) : openFile(place);
}

async function openFolder(folder: string, onDamaged: (error: L3mError) => void): Promise<OpenedWeights> {
  const names = readdirSync(folder);
  if (names.includes(MANIFEST_FILE)) return stepWeights(folder);
  const found = await runWeights(folder, onDamaged);
  if (found !== undefined) return found;
  if (names.includes(".metadata") || names.some((name) => name.endsWith(".distcp")))
    throw distributedCheckpoint(folder);
  const indices = names.filter((name) => name.endsWith(INDEX_SUFFIX));
  const files = indices.length > 0 ? indices : names.filter((name) => name.endsWith(".safetensors"));
  const [file] = files;
  if (file !== undefined && files.length === 1) return openFile(path.join(folder, file));
  throw badWeights(folder, "The folder is no checkpoint, and does not hold one set of weights.", {
    expected: "a run or checkpoint of L3M, one .safetensors file, or one .safetensors.index.json",
    got: files.length === 0 ? names.slice(0, 8).join(", ") || "an empty folder" : files.join(", "),
    fix: "Name one file.",
  });
}

async function openFile(file: string): Promise<OpenedWeights> {
  if (file.endsWith(".distcp")) throw distributedCheckpoint(path.dirname(file));
  const bytes = await fileBytes(file);
  const start = Buffer.from(await bytes.read(0, Math.min(bytes.size, 9)));
  if (!startsSafetensors(start, bytes.size)) {
    if (start.subarray(0, 2).toString("latin1") === "PK") return openTorch(bytes);
    if (start[0] === 0x80) throw legacyTorch(file);
    if (start.toString("latin1").trimStart().startsWith("{")) {
      const weights = await shardedWeights(file, await readFile(file, "utf8"));
      return { path: file, kind: "safetensors, sharded", weights, ignored: [] };
    }
  }
  return { path: file, kind: "safetensors", weights: await safetensorsWeights(bytes), ignored: [] };
}

/** A length that fits into the file, then a JSON object. */
function startsSafetensors(start: Buffer, size: number): boolean {
  return start[8] === 0x7b && start.readBigUInt64LE() <= BigInt(size - 8);
}

/** Opens the bytes of a file of `torch.save`. @throws L3M_WEIGHTS */
export async function openTorch(bytes: BytesAt): Promise<OpenedWeights> {
  const file = await openTorchFile(bytes);
  const { tensors, ignored } = stateDictOf(file.value, bytes.name);
  const weights = new Map<string, WeightSource>();
  for (const [name, record] of tensors) weights.set(name, await file.tensor(name, record));
  return { path: bytes.name, kind: "PyTorch file", weights, ignored };
}

function distributedCheckpoint(folder: string): L3mError {
  const target = `${folder.replace(/\/+$/, "")}.pth`;
  return badWeights(folder, "This is a sharded checkpoint of PyTorch (.distcp), which only PyTorch can put together.", {
    expected: "one file with whole tensors",
    got: "a folder of .distcp files",
    fix:
      `Where ml-l3m is installed: python -m torch.distributed.checkpoint.format_utils dcp_to_torch ${folder} ${target}, ` +
      `then give ${target}. (In Python: DistributedCheckpointUtils.dcp_checkpoint_to_torch of l3m.helpers.checkpoint.)`,
  });
}

function legacyTorch(file: string): L3mError {
  return badWeights(file, "This is a file of PyTorch before 1.6, or another pickle.", {
    expected: "the zip archive that torch.save writes today, or safetensors",
    got: "a pickle",
    fix: "Where you trust it, convert it in PyTorch: torch.save(torch.load(path, map_location='cpu'), new_path).",
  });
}
