/** The experiment schema: defaults, and every mistake at its place with the nearest name. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseExperiment } from "../src/experiment/parse-experiment.ts";
import { loadConfig } from "../src/load-config.ts";
import { caughtErrors, placesOf } from "./caught-errors.ts";
import { folderWith } from "./config-files.ts";

const MINIMAL = `experiment: {name: tiny, total_iterations: 10}
data: {train: {dataset: {dataset: d/x, root: .}, batch_size: 4}}
model: {meta_model: {block: core/meta-model}}
loss: clip-loss/contrastive
optim: {optimizer: {optimizer: optim/adamw, lr: .inf}, scheduler: {schedule: optim/cosine}}
`;

function parse(yaml: string, overrides: readonly string[] = []) {
  const folder = folderWith({ "c.yaml": yaml });
  return parseExperiment(loadConfig(join(folder, "c.yaml"), { overrides }));
}

it("fills in every default", () => {
  expect(parse(MINIMAL, ["data.val={style: {dataset: d/y, batch_size: 2}}"])).toEqual({
    experiment: {
      name: "tiny",
      seed: 0,
      engine: "auto",
      total_iterations: 10,
      log_every: 10,
      checkpoint_every: 500,
      keep_checkpoints: 3,
      validate_every: null,
      deterministic: false,
      precision: "f32",
      allow_nan: false,
      xla_flags: {},
    },
    constants: {},
    data: {
      train: {
        dataset: { dataset: "d/x", root: "." },
        transforms: [],
        tokenizer: null,
        sampler: null,
        collate: null,
        batch_size: 4,
        workers: 0,
        prefetch: 2,
      },
      val: {
        style: {
          dataset: "d/y",
          transforms: [],
          tokenizer: null,
          sampler: null,
          collate: null,
          batch_size: 2,
          workers: 0,
          prefetch: 2,
        },
      },
    },
    model: {
      meta_model: { block: "core/meta-model" },
      init_seed: null,
      checkpoint: null,
      checkpoint_filters: null,
      checkpoint_renamer: null,
      checkpoint_strict: true,
      checkpoint_allow_missing: [],
      activation_checkpointing: "none",
    },
    loss: "clip-loss/contrastive",
    val_loss: null,
    metrics: [],
    optim: {
      optimizer: { optimizer: "optim/adamw", lr: Number.POSITIVE_INFINITY },
      scheduler: { schedule: "optim/cosine" },
      scheduler_type: "fvcore",
      grad_clip: null,
      gradient_accumulation_steps: 1,
      wd_exclude: [],
      freeze_list: null,
      unfreeze_list: null,
      lr_scalers: null,
      lr_decay: null,
      mup: null,
      probe_hparam_search: false,
    },
    mesh: null,
    plugins: [],
    compat: false,
  });
});

it("reports every mistake at once, each where it stands", () => {
  const yaml = `experiment:
  name: tiny
  total_iteration: 10
  seed: -1
  engine: 5
  deterministic: yEs
modle: {}
data:
  train: {dataset: [], batch_size: 1.5, batchsize: 3}
  val: {style: {dataset: d/x}}
model: {meta_model: null, activation_checkpointing: blocks}
loss: core/x
optim: {optimizer: o, scheduler: s, grad_clip: "1", lr_scalers: {a.b: x}}
`;
  const errors = caughtErrors(() => parse(yaml));
  expect(placesOf(errors).sort()).toEqual(
    [
      "L3M_BAD_OPTION 1:1 experiment.total_iterations",
      "L3M_UNKNOWN_OPTION 3:3 experiment.total_iteration",
      "L3M_BAD_OPTION 4:9 experiment.seed",
      "L3M_BAD_OPTION 5:11 experiment.engine",
      "L3M_BAD_OPTION 6:18 experiment.deterministic",
      "L3M_UNKNOWN_OPTION 7:1 modle",
      "L3M_BAD_OPTION 9:20 data.train.dataset",
      "L3M_BAD_OPTION 9:36 data.train.batch_size",
      "L3M_UNKNOWN_OPTION 9:41 data.train.batchsize",
      "L3M_BAD_OPTION 10:9 data.val.style.batch_size",
      "L3M_BAD_OPTION 11:21 model.meta_model",
      "L3M_BAD_OPTION 11:53 model.activation_checkpointing",
      "L3M_BAD_OPTION 13:48 optim.grad_clip",
      'L3M_BAD_OPTION 13:71 optim.lr_scalers["a.b"]',
    ].sort(),
  );
  const byPath = Object.fromEntries(errors.map(({ details }) => [details.where?.path, details]));
  expect(byPath["experiment.total_iteration"]?.message).toBe(
    'There is no key "total_iteration" in experiment. Did you mean "total_iterations"?',
  );
  expect(byPath["modle"]?.message).toBe('There is no key "modle" in the config. Did you mean "model"?');
  expect(byPath["data.train.batchsize"]?.message).toContain('Did you mean "batch_size"?');
  expect(byPath["experiment.seed"]).toMatchObject({ expected: "a number of at least 0", got: "-1" });
  expect(byPath["experiment.engine"]).toMatchObject({ expected: "text", got: "5" });
  expect(byPath["experiment.deterministic"]).toMatchObject({
    expected: "true or false",
    got: 'the text "yEs"',
    fix: expect.stringContaining("Write true"),
  });
  expect(byPath["data.train.batch_size"]).toMatchObject({ expected: "a whole number", got: "1.5" });
  expect(byPath["data.val.style.batch_size"]).toMatchObject({
    message: "data.val.style.batch_size is missing.",
    expected: "a number",
  });
  expect(byPath["data.train.dataset"]).toMatchObject({
    expected: "a registered name, or a map that names one and gives its options",
    got: "a list of 0",
  });
  expect(byPath["model.activation_checkpointing"]).toMatchObject({
    expected: "one of none, cheap, block, full",
    got: 'the text "blocks"',
  });
});

it("points at the command line for a bad override", () => {
  expect(caughtErrors(() => parse(MINIMAL, ["experiment.seed=x"]))[0]?.details.where).toEqual({
    file: "command line",
    path: "experiment.seed",
  });
});
