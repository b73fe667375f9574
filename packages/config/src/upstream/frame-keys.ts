/**
 * Every key of ml-l3m's frame (all but the things that a config names) and what becomes of it here. The table of
 * docs/from-ml-l3m.md is this one.
 */
import type { ConfigTree } from "../tree/config-node.ts";

/**
 * - `same`: our key of the same name;
 * - `renamed`: the value moves as it is;
 * - `mapped`: other keys are made from it (`translate-frame.ts`);
 * - `ignored`: it has no effect, and a warning says why;
 * - `refused`: an error, unless the value is one of `unless`, which then has no effect.
 */
export type FrameKey = { readonly key: string } & (
  | { readonly verdict: "same" }
  | { readonly verdict: "renamed"; readonly to: string }
  | { readonly verdict: "mapped"; readonly to: string }
  | { readonly verdict: "ignored"; readonly why: string; readonly quiet?: boolean }
  | { readonly verdict: "refused"; readonly why: string; readonly unless: readonly ConfigTree[]; readonly fix: string }
);

const NOTHING_READS_IT = "nothing reads it in ml-l3m either";
const ONE_PROCESS = "one process drives all devices of a machine";
const RUN_DIR = "a run is one directory: the command line says where";
const MESH_SPLITS = "a mesh splits the batch and the state";
const XLA_SHARDS = "XLA shards each parameter on its own";

const same = (section: string, keys: readonly string[]): FrameKey[] =>
  keys.map((key) => ({ key: `${section}.${key}`, verdict: "same" }));
const ignored = (section: string, why: string, keys: readonly string[], quiet = false): FrameKey[] =>
  keys.map((key) => ({ key: `${section}.${key}`, verdict: "ignored", why, quiet }));
const mapped = (section: string, to: string, keys: readonly string[]): FrameKey[] =>
  keys.map((key) => ({ key: `${section}.${key}`, verdict: "mapped", to }));
const refused = (key: string, unless: readonly ConfigTree[], why: string, fix: string): FrameKey => ({
  key,
  verdict: "refused",
  unless,
  why,
  fix,
});

/** In the order of ml-l3m's own documentation. */
export const FRAME_KEYS: readonly FrameKey[] = [
  ...same("experiment", ["total_iterations", "seed"]),
  refused(
    "experiment.start_iteration",
    [0, null],
    "a resumed run knows its step",
    "Remove the line; go on with the same --run-dir.",
  ),
  ...mapped("experiment", "experiment.engine: cuda is xla, cpu is xla-cpu", ["device"]),
  ...mapped("experiment", "experiment.precision", ["dtype", "amp_enabled"]),
  ...ignored("experiment", "a step is always compiled on an XLA engine", ["torch_compile"], true),
  { key: "experiment.test_frequency", verdict: "renamed", to: "experiment.validate_every" },
  ...mapped("experiment", "experiment.checkpoint_every; null is once, at the end", ["ckpt_save_freq"]),
  ...ignored("experiment", "`l3m export` writes the weights as one file", ["save_full_checkpoint_on_main"], true),
  refused("experiment.output_dir", [null], RUN_DIR, "Remove the value and pass --run-dir DIR."),
  refused("experiment.shared_dir", [null], RUN_DIR, "Remove the value and pass --run-dir DIR."),
  refused("experiment.resume", [null, false], RUN_DIR, "Remove the value and pass --resume PATH."),
  refused(
    "experiment.ignore_resume_iteration",
    [null, false],
    "a new run can start from the weights of another",
    "Remove the line and set model.checkpoint to that run's checkpoint.",
  ),
  refused("experiment.eval", [null, false], "a run validates while it trains", "Remove the line."),
  ...ignored("experiment", "validation always runs on all devices", ["dist_eval"], true),
  refused("experiment.enable_loss_parallel", [null, false], MESH_SPLITS, "Remove the line."),
  refused("experiment.tp_plan", [null], MESH_SPLITS, "Remove the plan."),
  refused("experiment.cp_plan", [null], MESH_SPLITS, "Remove the plan."),
  ...ignored("experiment", "`l3m check` lists every parameter", ["verbose"]),
  ...ignored(
    "experiment",
    ONE_PROCESS,
    ["nccl_timeout_mins", "world_size", "rank", "gpu", "dist_backend", "distributed"],
    true,
  ),
  ...ignored("experiment", NOTHING_READS_IT, ["find_unused_parameters", "dist_url", "no_sync_gradient_accumulation"]),
  ...mapped("experiment.fsdp", "mesh, where it has several devices", ["sharding_strategy"]),
  ...mapped("experiment.fsdp", "mesh", ["dp_replicate", "dp_shard"]),
  ...mapped("experiment.fsdp", "experiment.precision", ["param_dtype", "reduce_dtype"]),
  ...ignored("experiment.fsdp", NOTHING_READS_IT, ["buffer_dtype", "fsdp_ignored_modules", "nccl_timeout_mins"]),
  refused("experiment.fsdp.cp_degree", [null, 1], MESH_SPLITS, "Remove the line."),
  refused("experiment.fsdp.tp_size", [null, 1], MESH_SPLITS, "Remove the line."),
  ...ignored("experiment.fsdp", XLA_SHARDS, ["shard_template", "fsdp_layers_to_wrap"], true),
  ...mapped("experiment.fsdp", "model.activation_checkpointing: block, or cheap where not whole blocks are listed", [
    "fsdp_activation_checkpointing",
    "activation_checkpoint_mode",
    "activation_checkpoint_template",
    "fsdp_layers_to_activation_checkpoint",
  ]),
  ...ignored("experiment.fsdp", "the policy chooses what is kept", ["selective_save_frequency"], true),

  ...same("data.train", ["dataset"]),
  ...mapped("data.train", "data.train.sampler: false is data/infinite-data-sampler in order", ["shuffle"]),
  ...mapped("data.train", "data.train.batch_size, times the devices of the mesh", ["dataloader.batch_size"]),
  { key: "data.train.dataloader.num_workers", verdict: "renamed", to: "data.train.workers" },
  { key: "data.train.collator", verdict: "renamed", to: "data.train.collate" },
  ...mapped("data", "data.val: an entry for each set", ["validation"]),
  ...ignored("data", "ml-l3m builds it and does not use it; data sets have their own", [
    "tokenizer",
    "validation_tokenizer",
  ]),
  ...ignored("data", NOTHING_READS_IT, ["generation_kwargs", "data_set", "data_path", "eval_crop_ratio"]),
  ...ignored("data", "only other values refer to it", ["nb_classes"], true),

  ...same("model", ["meta_model", "checkpoint", "checkpoint_filters", "checkpoint_renamer"]),
  ...ignored("model", NOTHING_READS_IT, ["modality", "model_ema"]),
  { key: "loss", verdict: "same" },
  { key: "val_loss", verdict: "same" },
  { key: "metrics.metrics", verdict: "mapped", to: "metrics, the list itself" },
  refused("metrics.postprocessors", [null], "scores are written as they are", "Remove the line."),
  {
    key: "wandb",
    verdict: "ignored",
    why: "there is no tracker for it: metrics.jsonl in the run directory has every step",
  },
  { key: "constants", verdict: "same" },

  ...same("optim", [
    "optimizer",
    "scheduler",
    "scheduler_type",
    "grad_clip",
    "gradient_accumulation_steps",
    "wd_exclude",
    "freeze_list",
    "unfreeze_list",
    "lr_scalers",
    "lr_decay",
    "probe_hparam_search",
    "mup",
  ]),
];
