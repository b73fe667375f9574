/** What a checkpoint folder holds: `step-<n>/{manifest.json, shard-<k>.safetensors, state.json}`, and `latest` beside them. */

/** Version of the layout below. */
export const FORMAT_VERSION = 1;

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
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export interface TensorEntry {
  readonly dtype: "F32" | "I32" | "U8";
  readonly shape: readonly number[];
  /** Where its parts are: the file, and the first index of the part in each dimension. */
  readonly shards: readonly { readonly file: string; readonly offset: readonly number[] }[];
}

/** What is no tensor: counters and the position of the data. */
export interface LoopState {
  readonly step: number;
  readonly seed: number;
  /** State of the training data after the last step's batch. */
  readonly data: unknown;
}

export function folderOfStep(step: number): string {
  return `step-${String(step).padStart(8, "0")}`;
}
