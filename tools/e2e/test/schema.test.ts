/** `l3m schema`, as an editor uses it: every config of this repository is valid, and mistakes are found where they stand. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readYaml, SourceText, toPlainTree } from "@l3m/config";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violations } from "../json-schema.ts";
import { buildOnce, l3m, ROOT } from "../run-l3m.ts";

const configs = readdirSync(path.join(ROOT, "configs"), { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".yaml"),
);
const folder = mkdtempSync(path.join(tmpdir(), "l3m-schema-"));
let schema: Record<string, unknown>;

beforeAll(async () => {
  await buildOnce();
  const file = path.join(folder, "l3m.schema.json");
  const args = ["schema", "--plugin", path.join(ROOT, "packages/emoji-pairs/dist/index.js")];
  const [printed, written] = [await l3m(args), await l3m([...args, "--out", file])];
  expect([printed.stderr, written.stderr, written.stdout]).toEqual(["", "", ""]);
  expect(readFileSync(file, "utf8")).toBe(printed.stdout);
  schema = JSON.parse(printed.stdout) as Record<string, unknown>;
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string): unknown => toPlainTree(readYaml(new SourceText("config.yaml", text)).node);

describe("valid are", () => {
  it.each(configs)("configs/%s", (name) => {
    expect(violations(schema, read(readFileSync(path.join(ROOT, "configs", name), "utf8")))).toEqual([]);
  });

  it.each([
    ["a file that changes little", "extends: ./base.yaml\noptim: { optimizer: { lr: 1e-3 } }"],
    ["values to come", "experiment: { seed: '${constants.seed}', total_iterations: '???' }"],
    ["names of plugins that are not here", "loss: { loss: mine/my-loss, anything: 1 }"],
  ])("%s", (_name, text) => expect(violations(schema, read(text))).toEqual([]));
});

describe("invalid is", () => {
  it.each([
    ["an unknown section", "experimnt: {}"],
    ["an unknown key", "experiment: { sead: 1 }"],
    ["a wrong type", "experiment: { seed: many }"],
    ["a wrong choice", "experiment: { precision: f16 }"],
    ["a misspelt option", "optim: { optimizer: { optimizer: optim/adam-w, learning_rate: 1 } }"],
    [
      "a misspelt option deep inside",
      "model: { meta_model: { block: core/meta-model, trunk: { block: transformer-trunk/transformer, ffn_target: { ffn: moe/moe, experts: 4 } } } }",
    ],
    [
      "an option out of bounds",
      "model: { meta_model: { block: transformer-trunk/transformer, ffn_target: { ffn: moe/moe, num_experts: 0 } } }",
    ],
  ])("%s", (_name, text) => expect(violations(schema, read(text))).not.toEqual([]));
});
