/** Weights of any kind to safetensors, under PyTorch's names or those of another library. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { L3mError } from "@l3m/errors";
import { writeHashed } from "../checkpoint/hashed-file.ts";
import { encodeHeader } from "../checkpoint/safetensors-header.ts";
import { planShards } from "../checkpoint/shard-plan.ts";
import { sizeOf, type TensorData } from "../checkpoint/tensor-source.ts";
import type { Reporter } from "../run/reporter.ts";
import { badWeights } from "./bad-weights.ts";
import { ELEMENT_BYTES } from "./element-type.ts";
import { f32ToBf16 } from "./half-floats.ts";
import { fromModel } from "./layouts/apply-layout.ts";
import { layoutNamed } from "./layouts/index.ts";
import { openWeights } from "./open-weights.ts";
import type { WeightSource } from "./weight-source.ts";

export interface ExportOptions {
  /** `model.safetensors`, or a folder for it. */
  readonly to: string;
  /** Element type of floats. Default `f32`; bf16 is rounded to nearest even. Whole numbers and truth values keep theirs. */
  readonly dtype?: "f32" | "bf16" | undefined;
  /** Whose names and forms: `l3m` (default), or one that `l3m export --help` lists. */
  readonly layout?: string | undefined;
  /** Most bytes of tensors in one file; more are written as shards with an index. Default 5e9, as at Hugging Face. */
  readonly shardBytes?: number | undefined;
  /** Replace files that are there. Default false. */
  readonly overwrite?: boolean | undefined;
  readonly reporter?: Pick<Reporter, "work" | "warn"> | undefined;
}

export interface ExportedWeights {
  /** What was read: `checkpoint after step 500`, say. */
  readonly source: string;
  /** The files written; the index of a sharded set is the last. */
  readonly files: readonly string[];
  readonly tensors: number;
  /** Of the tensors. */
  readonly bytes: number;
}

/** A tensor as it is to be written. */
interface Written {
  readonly dtype: "F32" | "BF16" | "I32" | "U8";
  readonly source: WeightSource;
  readonly shape: readonly number[];
}

/**
 * Writes the weights of a run, a checkpoint or a file. Tensors are read one at a time; files appear under their names when all
 * are whole.
 *
 * @throws L3M_WEIGHTS, L3M_CHECKPOINT, L3M_BAD_OPTION, L3M_DISK_FULL
 */
export async function exportWeights(place: string, options: ExportOptions): Promise<ExportedWeights> {
  const { dtype = "f32", layout: name = "l3m", shardBytes = 5e9, overwrite = false, reporter } = options;
  const layout = layoutNamed(name, { path: "--layout" });
  const opened = await openWeights(place, (error) =>
    reporter?.warn(`passed over a damaged checkpoint:\n${error.message}`),
  );
  const weights = layout === undefined ? opened.weights : fromModel(layout, opened.weights, opened.path);
  const tensors = new Map(
    [...weights].map(([tensor, source]): [string, Written] => {
      const type = source.dtype === "F32" && dtype === "bf16" ? "BF16" : source.dtype;
      return [tensor, { dtype: type, source, shape: source.shape }];
    }),
  );
  const shards = planShards(tensors, shardBytes, bytesOf);
  const target = targetFile(options.to);
  const files = fileNames(target, shards.length);
  if (!overwrite) for (const file of files) refuseExisting(file);
  const total = [...tensors.values()].reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  let done = 0;
  const onWritten = (tensor: Written): void => reporter?.work("exporting", (done += bytesOf(tensor)), total);
  await writeAll(files, (file) => {
    const shard = shards[files.indexOf(file)];
    return shard === undefined ? [indexOf(files, shards, total)] : safetensorsParts(shard, onWritten);
  });
  return { source: opened.kind, files, tensors: tensors.size, bytes: total };
}

function bytesOf({ dtype, shape }: Written): number {
  return sizeOf({ shape }) * ELEMENT_BYTES[dtype];
}

/** A name that does not end like a file is a folder. */
function targetFile(to: string): string {
  return to.endsWith(".safetensors") ? to : path.join(to, "model.safetensors");
}

/** `model.safetensors`; or `model-00001-of-00003.safetensors`, ..., and `model.safetensors.index.json`. */
function fileNames(target: string, count: number): string[] {
  if (count === 1) return [target];
  const stem = target.slice(0, -".safetensors".length);
  const digits = (k: number): string => String(k).padStart(5, "0");
  const shards = Array.from({ length: count }, (_, k) => `${stem}-${digits(k + 1)}-of-${digits(count)}.safetensors`);
  return [...shards, `${target}.index.json`];
}

async function* safetensorsParts(
  tensors: ReadonlyMap<string, Written>,
  onWritten: (tensor: Written) => void,
): AsyncGenerator<ArrayBufferView> {
  yield encodeHeader(tensors, ELEMENT_BYTES);
  for (const tensor of tensors.values()) {
    const data = await tensor.source.read();
    yield tensor.dtype === "BF16" ? bf16Of(data) : data;
    onWritten(tensor);
  }
}

function bf16Of(data: TensorData): Uint16Array {
  return f32ToBf16(data instanceof Float32Array ? data : Float32Array.from(data));
}

/** Hugging Face's index. */
function indexOf(files: readonly string[], shards: readonly ReadonlyMap<string, Written>[], total: number): Buffer {
  const weight_map: Record<string, string> = {};
  for (const [k, shard] of shards.entries())
    for (const name of shard.keys()) weight_map[name] = path.basename(files[k] as string);
  return Buffer.from(`${JSON.stringify({ metadata: { total_size: total }, weight_map }, null, 2)}\n`);
}

type Parts = Iterable<ArrayBufferView> | AsyncIterable<ArrayBufferView>;

/** All files under temporary names, then all under their own. */
async function writeAll(files: readonly string[], partsOf: (file: string) => Parts): Promise<void> {
  const temporary = (file: string): string => `${file}.${process.pid}.tmp`;
  try {
    for (const file of files) {
      mkdirSync(path.dirname(file), { recursive: true });
      await writeHashed(temporary(file), partsOf(file));
    }
    for (const file of files) renameSync(temporary(file), file);
  } catch (error) {
    for (const file of files) rmSync(temporary(file), { force: true });
    throw error instanceof L3mError ? error : writeError(error, files[0] ?? "");
  }
}

function refuseExisting(file: string): void {
  if (!existsSync(file)) return;
  throw badWeights(file, "The file is there already.", {
    expected: "a new name",
    got: "a file",
    fix: "Choose another --to, or add --overwrite.",
  });
}

function writeError(error: unknown, file: string): Error {
  if (!(error instanceof Error) || !("code" in error))
    return error instanceof Error ? error : badWeights(file, String(error));
  const isFull = error.code === "ENOSPC" || error.code === "EDQUOT";
  return new L3mError(isFull ? "L3M_DISK_FULL" : "L3M_WEIGHTS", {
    message: isFull ? "There is no space left for the weights." : "The weights cannot be written.",
    where: { file },
    got: error.message,
    fix: "Choose another --to; nothing was left behind.",
    cause: error,
  });
}
