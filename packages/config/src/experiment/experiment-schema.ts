/** The zod schema behind {@link ExperimentConfig}: strict keys, types, bounds and defaults. */
import { z } from "zod";
import type { ConfigTree } from "../tree/config-node.ts";
import type { DataSplit, ExperimentConfig, MupSection, RegistryNode, WeightsSection } from "./experiment-config.ts";

const anything = z.custom<ConfigTree>(() => true);
const count = z.int().positive();
const globs = z.array(z.string());

const node: z.ZodType<RegistryNode> = z.union([z.string().min(1), z.record(z.string(), anything)], {
  error: "a registered name, or a map that names one and gives its options",
});

const numberFormat = z.enum(["f32", "bf16"]);
const precision = z.union(
  [numberFormat, z.strictObject({ param: numberFormat, compute: numberFormat, reduce: numberFormat })],
  { error: "f32, bf16, or a map with param, compute and reduce" },
);

const dataSplit: z.ZodType<DataSplit> & z.ZodObject = z.strictObject({
  dataset: node,
  transforms: z.array(node).default([]),
  tokenizer: node.nullable().default(null),
  sampler: node.nullable().default(null),
  collate: node.nullable().default(null),
  batch_size: count,
  workers: z.int().nonnegative().default(0),
  prefetch: count.default(2),
});

const renamer = z.array(z.tuple([z.string().min(1), z.string()]), { error: "a list of pairs [from, to]" });

const weights: z.ZodType<WeightsSection> = z.strictObject({
  path: z.string().min(1).optional(),
  checkpoint: z.string().min(1).optional(),
  layout: z.string().nullish(),
  checkpoint_filters: globs.nullish(),
  checkpoint_renamer: renamer.nullish(),
});

/** A limit of 0 is a mistake: it makes every gradient zero. */
const gradClip = z
  .number()
  .nonnegative()
  .refine((limit) => limit !== 0, { error: "a number above 0; null does not clip" });

const scaleExpression = z.union([z.string().min(1), z.number()], {
  error: "a number, or arithmetic such as base_width / width",
});
const mup: z.ZodType<MupSection> & z.ZodObject = z.strictObject({
  base_width: z.number().positive(),
  initialize: z.boolean().default(false),
  param_groups: z.array(
    z.strictObject({
      pattern: z.string().min(1),
      width: z.number().positive().nullable().default(null),
      lr_scale_expr: scaleExpression.default(1),
      init_scale_expr: scaleExpression.default(1),
    }),
  ),
});

/** The schema of a whole experiment. `extends` is gone before it is checked. */
export const experimentSchema = z.strictObject({
  experiment: z.strictObject({
    name: z.string().min(1),
    seed: z.int().nonnegative().default(0),
    engine: z.string().min(1).default("auto"),
    total_iterations: count,
    log_every: count.default(10),
    checkpoint_every: count.default(500),
    keep_checkpoints: count.default(3),
    validate_every: count.nullable().default(null),
    deterministic: z.boolean().default(false),
    precision: precision.default("f32"),
    allow_nan: z.boolean().default(false),
    xla_flags: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])).default({}),
  }),
  constants: z.record(z.string(), anything).default({}),
  data: z.strictObject({
    train: dataSplit,
    val: z.record(z.string(), dataSplit).nullable().default(null),
  }),
  model: z.strictObject({
    meta_model: node,
    init_seed: z.int().nonnegative().nullable().default(null),
    checkpoint: z
      .union([z.string().min(1), weights, z.array(weights)], {
        error: "a path, a map {path, layout}, or a list of maps {checkpoint, checkpoint_filters, checkpoint_renamer}",
      })
      .nullable()
      .default(null),
    checkpoint_filters: globs.nullable().default(null),
    checkpoint_renamer: renamer.nullable().default(null),
    checkpoint_strict: z.boolean().default(true),
    checkpoint_allow_missing: globs.default([]),
    activation_checkpointing: z.enum(["none", "cheap", "block", "full"]).default("none"),
  }),
  loss: node,
  val_loss: node.nullable().default(null),
  metrics: z.array(node).default([]),
  optim: z.strictObject({
    optimizer: node,
    scheduler: node,
    scheduler_type: z.enum(["fvcore", "torch"]).default("fvcore"),
    grad_clip: gradClip.nullable().default(null),
    gradient_accumulation_steps: count.default(1),
    wd_exclude: globs.nullable().default([]),
    freeze_list: globs.nullable().default(null),
    unfreeze_list: globs.nullable().default(null),
    lr_scalers: z.record(z.string(), z.number()).nullable().default(null),
    lr_decay: z.number().positive().nullable().default(null),
    mup: mup.nullable().default(null),
    probe_hparam_search: z.boolean().default(false),
  }),
  mesh: z
    .strictObject({
      devices: count.default(1),
      dp_replicate: count.nullable().default(null),
      dp_shard: count.nullable().default(null),
    })
    .nullable()
    .default(null),
  plugins: z.array(z.string().min(1)).default([]),
  compat: z.boolean().default(false),
}) satisfies z.ZodType<ExperimentConfig>;
