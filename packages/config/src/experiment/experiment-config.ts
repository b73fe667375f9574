/** The shape of one experiment, with every default filled in. Keys are spelt as in the YAML. */
import type { ConfigTree } from "../tree/config-node.ts";

/** Names a registered thing: its name alone, or a map that names it and gives its options. Core checks the inside. */
export type RegistryNode = string | { readonly [key: string]: ConfigTree };

export interface ExperimentConfig {
  /** What the run is called, how long it is, where it runs. */
  readonly experiment: ExperimentSection;
  /** Values that other sections refer to with `${constants.x}`; nothing reads them directly. */
  readonly constants: { readonly [key: string]: ConfigTree };
  /** Training data and validation sets. */
  readonly data: DataSection;
  /** The model and its initial weights. */
  readonly model: ModelSection;
  /** The loss of training. */
  readonly loss: RegistryNode;
  /** The loss of validation; null = `loss`. */
  readonly val_loss: RegistryNode | null;
  /** Scores of validation; `dataset_name` on one of them limits it to some sets. */
  readonly metrics: readonly RegistryNode[];
  /** Optimizer, schedule, clipping, which parameters are trained. */
  readonly optim: OptimSection;
  /** Null = one device. */
  readonly mesh: MeshSection | null;
  /** Packages or `./files` with blocks, beside the direct dependencies and the preset. */
  readonly plugins: readonly string[];
  /** Reproduce upstream's known bugs where a block has a `compat` way. */
  readonly compat: boolean;
}

/** How a number is stored. */
export type NumberFormat = "f32" | "bf16";

export interface ExperimentSection {
  /** Name of the run, part of its default directory. */
  readonly name: string;
  /** Seed of the initial weights, the data order, augmentation and dropout. */
  readonly seed: number;
  /** An engine's name, `xla` (the best XLA engine) or `auto` (the best of all). */
  readonly engine: string;
  /** Optimizer steps of the whole run. */
  readonly total_iterations: number;
  /** Steps between two lines on the terminal; `metrics.jsonl` has every step. */
  readonly log_every: number;
  /** Steps between two checkpoints. */
  readonly checkpoint_every: number;
  /** Older checkpoints are deleted. */
  readonly keep_checkpoints: number;
  /** Steps between two validations; null = only at the end. */
  readonly validate_every: number | null;
  /** Bit-identical reruns where the engine can choose. */
  readonly deterministic: boolean;
  /**
   * Number formats. `bf16`: matrix products and activations in bf16, with f32 masters, optimizer state and sums of gradients.
   * A map sets each: `param` (masters), `compute` (what the model sees), `reduce` (gradients where they are summed).
   */
  readonly precision: NumberFormat | { readonly [use in "param" | "compute" | "reduce"]: NumberFormat };
  /** Go on after a loss that is not finite. */
  readonly allow_nan: boolean;
  /** XLA's flags for every compilation, over L3M's own, for example `{ xla_gpu_autotune_level: 0 }`. Other engines ignore them. */
  readonly xla_flags: { readonly [name: string]: boolean | number | string };
}

export interface DataSection {
  /** The training data. */
  readonly train: DataSplit;
  /** Validation sets by name. */
  readonly val: { readonly [name: string]: DataSplit } | null;
}

export interface DataSplit {
  /** Where the samples come from. */
  readonly dataset: RegistryNode;
  /** Applied to each sample in order. */
  readonly transforms: readonly RegistryNode[];
  /** Given to the collate; null = none. */
  readonly tokenizer: RegistryNode | null;
  /** Which samples make a batch; null = `data/shuffled` (training). Validation reads in order. */
  readonly sampler: RegistryNode | null;
  /** How samples become a batch; null = `data/default-collate`. */
  readonly collate: RegistryNode | null;
  /** Samples of one step over all devices, before gradient accumulation splits them. */
  readonly batch_size: number;
  /** Worker threads; 0 = in the main thread. */
  readonly workers: number;
  /** Batches made ahead. */
  readonly prefetch: number;
}

export interface ModelSection {
  /** The root block. */
  readonly meta_model: RegistryNode;
  /** Seed of the initial weights; null = `experiment.seed`. */
  readonly init_seed: number | null;
  /** Weights to start from; null = initialise. */
  readonly checkpoint: string | null;
  /**
   * What the backward pass computes again instead of keeping. `cheap`: activations. `block` and `full`: everything
   * but the inputs of each block.
   */
  readonly activation_checkpointing: "none" | "cheap" | "block" | "full";
}

export interface OptimSection {
  /** The update rule. */
  readonly optimizer: RegistryNode;
  /** Learning rate over the run. */
  readonly scheduler: RegistryNode;
  /** Largest global L2 norm of the gradients; null = no clipping. */
  readonly grad_clip: number | null;
  /** Equal parts into which a batch is split. */
  readonly gradient_accumulation_steps: number;
  /** Globs of parameter names without weight decay. */
  readonly wd_exclude: readonly string[];
  /** Globs of parameter names that are not trained; null = none. */
  readonly freeze_list: readonly string[] | null;
  /** Globs of the only parameter names that are trained; null = all. */
  readonly unfreeze_list: readonly string[] | null;
  /** Learning-rate factor by glob of parameter names. */
  readonly lr_scalers: { readonly [glob: string]: number } | null;
  /** Layer-wise learning-rate decay. */
  readonly lr_decay: number | null;
}

export interface MeshSection {
  /** Devices that take part. */
  readonly devices: number;
  /** Replicas of the whole state; null = 1. */
  readonly dp_replicate: number | null;
  /** Parts into which parameters and optimizer state are sharded; null = `devices / dp_replicate`. */
  readonly dp_shard: number | null;
}
