/** The zod schema behind {@link ExperimentConfig}: strict keys, types, bounds and defaults. */
import { z } from "zod";
import type { ConfigTree } from "../tree/config-node.ts";
import type { DataSplit, ExperimentConfig, RegistryNode } from "./experiment-config.ts";

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
    checkpoint: z.string().nullable().default(null),
    activation_checkpointing: z.enum(["none", "cheap", "block", "full"]).default("none"),
  }),
  loss: node,
  val_loss: node.nullable().default(null),
  metrics: z.array(node).default([]),
  optim: z.strictObject({
    optimizer: node,
    scheduler: node,
    grad_clip: z.number().nonnegative().nullable().default(null),
    gradient_accumulation_steps: count.default(1),
    wd_exclude: globs.default([]),
    freeze_list: globs.nullable().default(null),
    unfreeze_list: globs.nullable().default(null),
    lr_scalers: z.record(z.string(), z.number()).nullable().default(null),
    lr_decay: z.number().positive().nullable().default(null),
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
