/** `checkConfig` on a real registry: places of every sort of mistake, the key flow, the parameter table, no allocation. */
import { join } from "node:path";
import { corePlugin, Registry } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import { expect, it } from "vitest";
import { checkConfig, type CheckOptions } from "../src/check/check-config.ts";
import { formatCheck } from "../src/check/format-check.ts";
import { loadConfig } from "../src/load-config.ts";
import { placesOf } from "./caught-errors.ts";
import { folderWith } from "./config-files.ts";
import { tinyPlugin } from "./tiny-plugin.ts";

const CONFIG = `experiment: {name: tiny, total_iterations: 1}
data: {train: {dataset: {dataset: tiny/nothing, root: .}, batch_size: 1}}
model:
  meta_model:
    block: core/meta-model
    preprocessor: {block: tiny/project, width: 4, read_key: image, write_key: tokens}
    trunk:
      block: core/multi-block
      blocks:
        - {block: tiny/project, width: 5, read_key: tokens, write_key: tokens}
        - {block: tiny/project, width: 5, read_key: tokens, write_key: tokens}
    head: {block: tiny/project, width: 2, read_key: tokens, frozen: true}
loss: tiny/mean
optim: {optimizer: {optimizer: tiny/sgd, lr: 0.1}, scheduler: {schedule: tiny/flat, value: 1}}
`;

function check(overrides: readonly string[] = [], options: CheckOptions = {}) {
  const folder = folderWith({ "c.yaml": CONFIG });
  const config = loadConfig(join(folder, "c.yaml"), { overrides });
  return checkConfig({ ...config, file: "c.yaml" }, new Registry([corePlugin, tinyPlugin]), options);
}

it("walks the key flow and counts the parameters without allocating", () => {
  expect(tf.engine().backendNames()).toEqual([]); // so that any tensor would throw
  const report = check([], { dataKeys: ["image", "text"] });
  expect(report.errors).toEqual([]);
  expect(report.parameters).toEqual({
    rows: [
      { name: "preprocessor.weight", shape: [4, 3], count: 12, trainable: true },
      { name: "trunk.blocks.0.weight", shape: [5, 3], count: 15, trainable: true },
      { name: "trunk.blocks.1.weight", shape: [5, 3], count: 15, trainable: true },
      { name: "head.weight", shape: [2, 3], count: 6, trainable: false },
    ],
    total: 48,
    trainable: 42,
    buffers: 4,
  });
  expect(formatCheck(report)).toBe(`Key flow
  block           reads          writes
  data                           image, text
  preprocessor    image, bias?   tokens
  trunk.blocks.0  tokens, bias?  tokens
  trunk.blocks.1  tokens, bias?  tokens
  head            tokens, bias?  y
  loss            y

Parameters
  name                   shape   count
  preprocessor.weight    [4,3]      12
  trunk.blocks.*.weight  [5,3]  2 x 15
  head.weight            [2,3]       6  frozen
  total                             48
  trainable                         42
  buffers                            4

c.yaml is fine.
`);
});

it("says what the data must bring when that is not known", () => {
  const report = check();
  expect(report.errors).toEqual([]);
  expect(report.keyFlow?.unwritten.map(({ path, key }) => [path, key])).toEqual([["preprocessor", "image"]]);
  expect(formatCheck(report)).toMatch(/data must bring[^\n]*\n[^\n]*\n {2}data +image\n/);
});

it("reports a key read before it is written, at the block that reads it", () => {
  const report = check(["model.meta_model.trunk.blocks.1.read_key=token", "+model.meta_model.head.write_key=z"], {
    dataKeys: ["image"],
  });
  expect(placesOf(report.errors)).toEqual([
    "L3M_MISSING_KEY 11:11 model.meta_model.trunk.blocks.1",
    "L3M_MISSING_KEY 13:7 loss",
  ]);
  expect(report.errors.map(({ details }) => details.message)).toEqual([
    'trunk.blocks.1 (port x) reads "token", which nothing wrote. Did you mean "tokens"?',
    'loss reads "y", which nothing wrote. Did you mean "z"?',
  ]);
});

it("reports what a validation set does not bring, and which set", () => {
  const report = check([], { dataKeys: ["image"], validationKeys: { whole: ["image"], style: ["images"] } });
  expect(placesOf(report.errors)).toEqual(["L3M_MISSING_KEY 6:19 model.meta_model.preprocessor"]);
  expect(report.errors[0]?.details.message).toBe(
    'preprocessor (port x) reads "image", which nothing wrote in the validation set "style". Did you mean "images"?',
  );
});

it("only warns after an opaque block", () => {
  const report = check(["~model.meta_model.preprocessor", "+model.meta_model.preprocessor=tiny/opaque"], {
    dataKeys: ["image"],
  });
  expect(report.errors).toEqual([]);
  expect(report.warnings.map(({ message }) => message)).toEqual([
    'trunk.blocks.0 (port x) reads "tokens", which nothing wrote. A block before it does not say what it writes.',
  ]);
  expect(formatCheck(report)).toContain("(not declared)");
});

it("places core's errors in the file: unknown block, option, kind, type, all at once", () => {
  const report = check([
    "model.meta_model.preprocessor.block=tiny/projekt",
    "+model.meta_model.head.widht=3",
    "model.meta_model.trunk.blocks.1={block: null, ffn: core/mlp}",
    "model.meta_model.head.width=wide",
    "data.train.dataset.root=5",
    "loss=mean/it",
  ]).errors;
  expect(placesOf(report).sort()).toEqual(
    [
      "L3M_BAD_OPTION : data.train.dataset.root",
      "L3M_UNKNOWN_NAME 6:19 model.meta_model.preprocessor",
      "L3M_UNKNOWN_OPTION : model.meta_model.head.widht",
      "L3M_WRONG_KIND 11:11 model.meta_model.trunk.blocks.1",
      "L3M_BAD_OPTION : model.meta_model.head.width",
      "L3M_MISSING_PLUGIN : loss",
    ].sort(),
  );
});

it("places an unknown option inside a list", () => {
  expect(placesOf(check(["+model.meta_model.trunk.blocks.1.deep.er=3"]).errors)).toEqual([
    "L3M_UNKNOWN_OPTION : model.meta_model.trunk.blocks.1.deep",
  ]);
});

it("stops at the schema when the sections are wrong, and still reports the file", () => {
  const report = check(["~optim.scheduler", "+experiment.sede=1"]);
  expect(placesOf(report.errors)).toEqual(
    ["L3M_BAD_OPTION 14:1 optim.scheduler", "L3M_UNKNOWN_OPTION : experiment.sede"].reverse(),
  );
  expect(report.parameters).toBeNull();
  expect(formatCheck(report)).toMatch(/c\.yaml has 2 errors\.\n$/);
});
