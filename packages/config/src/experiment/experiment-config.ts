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
  /**
   * Weights to start from, see docs/weights.md: a file, a run or checkpoint of L3M, `{path, layout}`, or a list of such maps
   * of which later ones win; null = initialise.
   */
  readonly checkpoint: string | WeightsSection | readonly WeightsSection[] | null;
  /** Globs of names in the file that are left out; null = none. */
  readonly checkpoint_filters: readonly string[] | null;
  /** Pairs of texts: in every name all of the first become the second, pair after pair. */
  readonly checkpoint_renamer: readonly (readonly [string, string])[] | null;
  /** Names must be those of the model: none missing, none left over. `false`: tell, and go on. Shapes must fit either way. */
  readonly checkpoint_strict: boolean;
  /** Globs of parameter names that need not be in the weights; they start as initialised. */
  readonly checkpoint_allow_missing: readonly string[];
  /**
   * What the backward pass computes again instead of keeping. `cheap`: activations. `block` and `full`: everything
   * but the inputs of each block.
   */
  readonly activation_checkpointing: "none" | "cheap" | "block" | "full";
}

/** One of the places that weights come from. */
export interface WeightsSection {
  /** The file or folder. */
  readonly path?: string | undefined;
  /** The same, as ml-l3m spells it. */
  readonly checkpoint?: string | undefined;
  /** How tensors are named and joined: `l3m`, `hf-clip`, `hf-aimv2` or `hf-vit`; null = told by their names. */
  readonly layout?: string | null | undefined;
  /** As `model.checkpoint_filters`, for this place. */
  readonly checkpoint_filters?: readonly string[] | null | undefined;
  /** As `model.checkpoint_renamer`, for this place. */
  readonly checkpoint_renamer?: readonly (readonly [string, string])[] | null | undefined;
}

export interface OptimSection {
  /** The update rule. */
  readonly optimizer: RegistryNode;
  /** Learning rate over the run. */
  readonly scheduler: RegistryNode;
  /** `torch`: `scheduler` is one of PyTorch's, which starts from the optimizer's `lr` and is a step ahead. */
  readonly scheduler_type: "fvcore" | "torch";
  /** Largest global L2 norm of the gradients; null = no clipping. */
  readonly grad_clip: number | null;
  /** Equal parts into which a batch is split. */
  readonly gradient_accumulation_steps: number;
  /** Globs of parameter names without weight decay; null = none. */
  readonly wd_exclude: readonly string[] | null;
  /** Globs of parameter names that are not trained; null = none. */
  readonly freeze_list: readonly string[] | null;
  /** Globs of parameter names that are trained all the same, also where the model does not train them; null = none. */
  readonly unfreeze_list: readonly string[] | null;
  /** Learning-rate factor by part of parameter names, the first that fits; null = none. */
  readonly lr_scalers: { readonly [part: string]: number } | null;
  /** Layer-wise learning-rate decay; null = none. */
  readonly lr_decay: number | null;
  /** Learning rates and initial values by width; null = none. */
  readonly mup: MupSection | null;
  /** Learning rates and weight decays stand in the names of the heads of `heads/probe-hparam-search-wrapper`. */
  readonly probe_hparam_search: boolean;
}

/** Maximal update parametrisation (Yang et al. 2022). */
export interface MupSection {
  /** Width of the model that the settings were found with. */
  readonly base_width: number;
  /** Scale the initial values too. */
  readonly initialize: boolean;
  /** What parameters get; the first entry whose pattern matches holds. */
  readonly param_groups: readonly MupEntry[];
}

export interface MupEntry {
  /** Glob of parameter names. */
  readonly pattern: string;
  /** Width of these layers; null = `base_width`. */
  readonly width: number | null;
  /** Factor on the learning rate: a number, or arithmetic with `base_width` and `width`. */
  readonly lr_scale_expr: string | number;
  /** Factor on the initial values, likewise. */
  readonly init_scale_expr: string | number;
}

export interface MeshSection {
  /** Devices that take part. */
  readonly devices: number;
  /** Replicas of the whole state; null = 1. */
  readonly dp_replicate: number | null;
  /** Parts into which parameters and optimizer state are sharded; null = `devices / dp_replicate`. */
  readonly dp_shard: number | null;
}
