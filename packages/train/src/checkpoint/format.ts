/** What a checkpoint folder holds: `step-<n>/{manifest.json, shard-<k>.safetensors, state.json}`, and `latest` beside them. */
import type { FileRecord } from "./hashed-file.ts";
import type { TensorType } from "./tensor-source.ts";

/** Version of the layout below. Version 1 had all tensors in `shard-0.safetensors`; it is read as well. */
export const FORMAT_VERSION = 2;

export interface Manifest {
  readonly format: "l3m-checkpoint";
  readonly version: number;
  /** Optimizer steps done. */
  readonly step: number;
  readonly engine: string;
  readonly mesh: { readonly axes: readonly { readonly name: string; readonly size: number }[] } | null;
  /** The resolved configuration, as YAML. */
  readonly config: string;
  /** Global shape, type and place of every tensor: `model/<path>`, `optim/<slot>/<path>`, `buffers/<path>`. */
  readonly tensors: Readonly<Record<string, TensorEntry>>;
  /** Size and SHA-256 of every other file of the folder. */
  readonly files: Readonly<Record<string, FileRecord>>;
}

export interface TensorEntry extends TensorType {
  /** Where its parts are: the file, and the first index of the part in each dimension. So far every tensor is one part. */
  readonly shards: readonly { readonly file: string; readonly offset: readonly number[] }[];
}

/** What is no tensor: counters and the position of the data. */
export interface LoopState {
  readonly step: number;
  readonly seed: number;
  /** State of the training data after the last step's batch. */
  readonly data: unknown;
}

/** The file of {@link LoopState}. */
export const STATE_FILE = "state.json";
export const MANIFEST_FILE = "manifest.json";

export function folderOfStep(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}

/** Name of the file with tensors number `k`, from 0. */
export function shardFile(k: number): string {
  return `shard-${k}.safetensors`;
}

/** True for the names that {@link shardFile} gives. */
export function isShardFile(name: string): boolean {
  return /^shard-\d+\.safetensors$/.test(name);
}
