/** Configs in ml-l3m's dialect: what becomes of its frame. The files are our own; ml-l3m's six are tested in tools/e2e. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { FRAME_KEYS, loadConfig, type LoadConfigOptions, parseExperiment } from "../src/index.ts";
import { caughtErrors } from "./caught-errors.ts";
import { folderWith } from "./config-files.ts";

function write(name: string, text: string): string {
  return join(folderWith({ [name]: text }), name);
}

const MINIMAL = `
data:
  train:
    dataset: { _target_: some.Dataset, size: "\${constants.img_size}" }
model: { meta_model: { _target_: some.Model } }
loss: { _target_: some.Loss }
optim: { optimizer: { _target_: some.Optimizer, lr: 1e-3 }, scheduler: { _target_: some.Schedule }, wd_exclude: ["*bias*"] }
`;

function load(text: string, options: LoadConfigOptions = {}): ReturnType<typeof loadConfig> {
  return loadConfig(write("run_7.yaml", `${MINIMAL}${text}`), { upstream: true, ...options });
}

/** The section with its defaults. */
function experiment(text: string, options: LoadConfigOptions = {}): ReturnType<typeof parseExperiment> {
  return parseExperiment(load(text, options));
}

function errorsOf(work: () => unknown): string[] {
  return caughtErrors(work).map(({ message }) => message);
}

test("a file that says little gets ml-l3m's defaults, in our keys", () => {
  const config = experiment("experiment: { total_iterations: 50 }");
  expect(config.experiment).toMatchObject({
    name: "run_7",
    total_iterations: 50,
    engine: "xla",
    precision: { param: "f32", compute: "bf16", reduce: "bf16" },
    checkpoint_every: 1000,
    validate_every: 2000,
  });
  expect(config.data.train).toMatchObject({ batch_size: 64, workers: 10, sampler: null, collate: null });
  expect(config.data.train.dataset).toEqual({ _target_: "some.Dataset", size: 224 });
  expect(config.data.val).toBeNull();
  expect(config.metrics).toEqual([]);
  expect(config.mesh).toBeNull();
});

test("every section is carried over", () => {
  const { tree } = load(`
experiment:
  total_iterations: 50
  device: cpu
  ckpt_save_freq: null
  test_frequency: 5
  fsdp: { param_dtype: bf16, reduce_dtype: fp32, fsdp_activation_checkpointing: true, activation_checkpoint_template: [trunk.blocks] }
constants: { nb: 7 }
metrics: { _target_: some.Computer, metrics: [{ _target_: some.Accuracy, topk: [1] }] }
val_loss: { _target_: some.OtherLoss }
`);
  expect(tree["experiment"]).toMatchObject({
    engine: "xla-cpu",
    checkpoint_every: 50,
    validate_every: 5,
    precision: { param: "f32", compute: "bf16", reduce: "f32" },
  });
  expect(tree["model"]).toEqual({ meta_model: { _target_: "some.Model" }, activation_checkpointing: "block" });
  expect(tree["metrics"]).toEqual([{ _target_: "some.Accuracy", topk: [1] }]);
  expect(tree["val_loss"]).toEqual({ _target_: "some.OtherLoss" });
});

test("the parts of blocks that ml-l3m recomputes are what `cheap` is about", () => {
  const policy = (fsdp: string): unknown =>
    experiment(`experiment: { total_iterations: 1, fsdp: { fsdp_activation_checkpointing: true, ${fsdp} } }`).model
      .activation_checkpointing;
  expect(policy("fsdp_layers_to_activation_checkpoint: [SwiGLUFFN]")).toBe("cheap");
  expect(policy("fsdp_layers_to_activation_checkpoint: [Block, DecoderBlock]")).toBe("block");
  expect(policy("activation_checkpoint_template: [trunk.blocks], activation_checkpoint_mode: selective")).toBe("cheap");
  const off = experiment(
    "experiment: { total_iterations: 1, fsdp: { fsdp_activation_checkpointing: false, activation_checkpoint_template: [trunk.blocks] } }",
  );
  expect(off.model.activation_checkpointing).toBe("none");
});

test("validation sets share a loader; one without a name is called dataset", () => {
  const validation = (dataset: string): unknown =>
    experiment("experiment: { total_iterations: 1 }", {
      overrides: [`data.validation={dataset: ${dataset}, dataloader: {batch_size: 3, num_workers: 2}}`],
    }).data.val;
  expect(validation("{_target_: some.Set}")).toMatchObject({
    dataset: { dataset: { _target_: "some.Set" }, batch_size: 3, workers: 2 },
  });
  expect(validation("{a: {_target_: some.A}, b.c: {_target_: some.B}}")).toMatchObject({
    a: { dataset: { _target_: "some.A" }, batch_size: 3 },
    "b.c": { dataset: { _target_: "some.B" }, batch_size: 3 },
  });
});

test("training data that is not to be shuffled comes in order from ml-l3m's sampler", () => {
  const sampler = (shuffle: string, ...more: readonly string[]): unknown =>
    experiment("experiment: { total_iterations: 1 }", { overrides: [`data.train.shuffle=${shuffle}`, ...more] }).data
      .train.sampler;
  expect(sampler("false")).toEqual({ sampler: "data/infinite-data-sampler", shuffle: false });
  expect(sampler("true")).toBeNull();
  expect(sampler("null")).toBeNull();
  expect(sampler("false", "data.train.sampler=data/sequential")).toBe("data/sequential");
  expect(errorsOf(() => sampler("sometimes")).join()).toMatch(/data\.train\.shuffle[^]*expected: one of true, false/);
});

test("several devices: ml-l3m counts the batch of one of them", () => {
  const config = experiment("experiment: { total_iterations: 1, fsdp: { sharding_strategy: NO_SHARD } }", {
    overrides: ["mesh.devices=4", "data.train.dataloader.batch_size=8"],
  });
  expect(config.data.train.batch_size).toBe(32);
  expect(config.mesh).toMatchObject({ devices: 4, dp_replicate: 4 });
  const hybrid = experiment("experiment: { total_iterations: 1, fsdp: { dp_replicate: 2, dp_shard: 3 } }");
  expect(hybrid.mesh).toMatchObject({ devices: 6, dp_replicate: 2, dp_shard: 3 });
});

test("overrides may speak either language, and ours wins", () => {
  const overrides = ["experiment.test_frequency=7", "experiment.engine=tfjs-cpu", "data.train.batch_size=5"];
  const config = experiment("experiment: { total_iterations: 1 }", { overrides });
  expect(config.experiment).toMatchObject({ validate_every: 7, engine: "tfjs-cpu" });
  expect(config.data.train.batch_size).toBe(5);
});

test("dead keys are warnings by reason; what cannot be followed are errors with their lines, all at once", () => {
  const { warnings } = load(
    "experiment: { total_iterations: 1, dist_url: x, find_unused_parameters: false }\nwandb: { use_wandb: true }",
  );
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/find_unused_parameters, experiment\.dist_url have no effect: nothing reads it/),
    expect.stringMatching(/^wandb has no effect/),
  ]);
  const errors = errorsOf(() =>
    load(`
experiment:
  total_iterations: 1
  resume: /old/run
  dtype: float16
  fsdp: { sharding_strategy: SOME_SHARD, tp_size: 2 }
`),
  );
  expect(errors).toHaveLength(4);
  const all = errors.join("\n");
  expect(all).toMatch(/run_7\.yaml:\d+:3 {2}experiment\.resume/);
  expect(all).toMatch(/--resume PATH/);
  expect(all).toMatch(/experiment\.dtype[^]*expected: one of bfloat16/);
  expect(all).toMatch(/sharding_strategy[^]*FULL_SHARD/);
  expect(all).toMatch(/tp_size/);
});

test("an unknown key of the frame stays an error, with the place it was written at", () => {
  const errors = errorsOf(() => experiment("experiment: { total_iterations: 1, total_iteration: 2 }"));
  expect(errors.join()).toMatch(/L3M_UNKNOWN_OPTION .*run_7\.yaml:\d+:\d+ {2}experiment\.total_iteration\b/);
});

test("a config of ours is not touched, and loading the translation again changes nothing", () => {
  const own = write("own.yaml", "experiment: { name: x, total_iterations: 1 }\nmodel: { meta_model: a/b }\n");
  expect(loadConfig(own, { upstream: true }).tree).toEqual(loadConfig(own).tree);
  const translated = load("experiment: { total_iterations: 9 }");
  const again = write("again.yaml", translated.toYaml());
  expect(parseExperiment(loadConfig(again, { upstream: true }))).toEqual(parseExperiment(translated));
});

test("in --compat a file is resolved before it meets overrides, as ml-l3m does", () => {
  const text = "experiment: { total_iterations: 1 }\nconstants: { img_size: 64 }";
  const size = (compat: boolean): unknown =>
    experiment(text, { compat, overrides: ["constants.img_size=96"] }).data.train.dataset;
  expect(size(false)).toMatchObject({ size: 96 });
  expect(size(true)).toMatchObject({ size: 64 });
});

test("an overlay starts named things anew and keeps everything else", () => {
  const overlay = write(
    "overlay.yaml",
    "constants: { img_size: 8 }\ndata: { train: { dataset: { dataset: data/synthetic, of: '${constants.img_size}' } } }\nmetrics: []\n",
  );
  const config = experiment("experiment: { total_iterations: 1 }\nmetrics: { _target_: some.Computer, metrics: [x] }", {
    overlays: [overlay],
    overrides: ["constants.img_size=4"],
  });
  expect(config.data.train.dataset).toEqual({ dataset: "data/synthetic", of: 4 });
  expect(config.data.train.batch_size).toBe(64);
  expect(config.loss).toEqual({ _target_: "some.Loss" });
  expect(config.metrics).toEqual([]);
});

test("the table names every key once", () => {
  const keys = FRAME_KEYS.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
