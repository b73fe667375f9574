/** `model.checkpoint` of a config: filters, renamers, lists, and what is said when weights are not those of the model. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@l3m/core/tf";
import type { Model, ParamSpec } from "@l3m/core";
import { loadConfig, parseExperiment } from "@l3m/config";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEngine } from "../../src/index.ts";
import { placeOn } from "../../src/checkpoint/place-on-engine.ts";
import { startingWeights, withWeights } from "../../src/weights/starting-weights.ts";
import type { Weights } from "../../src/weights/weight-source.ts";
import { f32, writeSafetensors } from "./safetensors-file.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "l3m-start-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function param(name: string, shape: readonly number[], rest: Partial<ParamSpec> = {}): ParamSpec {
  const init = { kind: "constant", value: 0 } as const;
  return {
    path: name,
    shape,
    init,
    axes: [],
    trainable: true,
    project: undefined,
    role: "other",
    precision: undefined,
    ...rest,
  };
}

const MODEL: Pick<Model, "params" | "buffers"> = {
  params: [
    param("trunk.a", [2]),
    param("trunk.b", [1]),
    param("head.weight", [2, 2]),
    param("scale", [1], { project: { kind: "clamp", min: 0, max: 2 } }),
  ],
  buffers: [
    { path: "count", shape: [], init: { kind: "constant", value: 0 }, dtype: "int32", persistent: true },
    { path: "table", shape: [3], init: { kind: "constant", value: 0 }, dtype: "float32", persistent: false },
  ],
};

const WHOLE = {
  "trunk.a": f32([2], 1, 2),
  "trunk.b": { dtype: "BF16", shape: [1], bytes: Uint16Array.of(0x4040) },
  "head.weight": f32([2, 2], 1, 2, 3, 4),
  scale: f32([1], 5),
  count: { dtype: "I64", shape: [], bytes: BigInt64Array.of(9n) },
};

const write = (name: string, tensors: Parameters<typeof writeSafetensors>[1]): void =>
  writeSafetensors(path.join(folder, name), tensors);

/** The weights under this `model:` section, and what was told about them. */
async function open(section: string): Promise<{ weights: Weights; told: string[] }> {
  const file = path.join(folder, "config.yaml");
  writeFileSync(
    file,
    `experiment: { name: x, total_iterations: 1 }
data: { train: { dataset: x, batch_size: 1 } }
model: { meta_model: x, ${section} }
loss: x
optim: { optimizer: x, scheduler: x }
`,
  );
  const loaded = loadConfig(file);
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  const weights = await startingWeights({ loaded, config: parseExperiment(loaded) }, MODEL, { info: tell, warn: tell });
  return { weights, told };
}

/** The same with the values. */
async function start(section: string): Promise<{ values: Record<string, number[]>; told: string[] }> {
  const { weights, told } = await open(section);
  const values: Record<string, number[]> = {};
  for (const [name, source] of weights) values[name] = [...(await source.read())];
  return { values, told };
}

const VALUES = { "trunk.a": [1, 2], "trunk.b": [3], "head.weight": [1, 2, 3, 4], scale: [5], count: [9] };

it("takes all weights of a file that fits, relative to the config, and says so", async () => {
  write("w.safetensors", WHOLE);
  const { values, told } = await start("checkpoint: ./w.safetensors");
  expect(values).toEqual(VALUES);
  expect(told.join()).toMatch(/5 tensors \(0\.00 M values\) from .*w\.safetensors \(safetensors\)/);
});

it("leaves out what filters match, by the names of the file, then renames", async () => {
  const { "head.weight": head, ...rest } = WHOLE;
  const prefixed = Object.entries({ ...rest, "old.weight": { ...head, shape: [4] } }).map(
    ([name, tensor]) => [`net.${name}`, tensor] as const,
  );
  write("w.safetensors", Object.fromEntries(prefixed));
  const { values, told } = await start(
    'checkpoint: w.safetensors, checkpoint_filters: ["net.old.*"], checkpoint_renamer: [["net.", ""], ["old", "head"]]',
  );
  expect(Object.keys(values)).toEqual(["trunk.a", "trunk.b", "scale", "count"]);
  expect(told.join()).toContain("1 left as initialised: head.weight");
});

it("takes several files, of which later ones win, each with its own filters", async () => {
  write("a.safetensors", WHOLE);
  write("b.safetensors", { "new.b": f32([1], 7), "new.a": f32([2], 8, 9) });
  const { values } = await start(
    'checkpoint: [{ checkpoint: a.safetensors }, { path: b.safetensors, checkpoint_filters: ["*.a"], checkpoint_renamer: [["new", "trunk"]] }]',
  );
  expect(values).toEqual({ ...VALUES, "trunk.b": [7] });
});

it("tells every difference at once, and the lines that would accept them", async () => {
  const { "trunk.b": _, ...rest } = WHOLE;
  write("w.safetensors", { ...rest, "head.weight": f32([3, 2], 1, 2, 3, 4, 5, 6), extra: f32([1], 1) });
  const error = (await start("checkpoint: w.safetensors").catch((reason: unknown) => reason)) as Error;
  expect(error).toMatchObject({ code: "L3M_BAD_STATE_DICT" });
  expect(error.message).toMatch(/missing +trunk\.b +\[1\] +-/);
  expect(error.message).toMatch(/unexpected +extra +- +\[1\]/);
  expect(error.message).toMatch(/shape +head\.weight +\[2,2\] +\[3,2\]/);
  expect(error.message).toContain('checkpoint_filters: ["head.weight", "extra"]');
  expect(error.message).toContain('checkpoint_allow_missing: ["trunk.b"]');
  const remedy =
    'checkpoint: w.safetensors, checkpoint_filters: ["head.weight", "extra"], checkpoint_allow_missing: ["trunk.b"]';
  expect(Object.keys((await start(remedy)).values)).toEqual(["trunk.a", "scale", "count"]);
});

it("suggests the prefix to take off", async () => {
  write(
    "w.safetensors",
    Object.fromEntries(Object.entries(WHOLE).map(([name, tensor]) => [`encoder.${name}`, tensor])),
  );
  await expect(start("checkpoint: w.safetensors")).rejects.toThrow('checkpoint_renamer: [["encoder.", ""]]');
});

it("goes on where it is not strict, except with another shape", async () => {
  const { "trunk.b": _, ...rest } = WHOLE;
  write("w.safetensors", { ...rest, extra: f32([1], 1) });
  const { values, told } = await start("checkpoint: w.safetensors, checkpoint_strict: false");
  expect(Object.keys(values)).toHaveLength(4);
  expect(told.join("\n")).toMatch(/missing +trunk\.b[^]*unexpected +extra/);
  write("w.safetensors", { ...WHOLE, scale: f32([2], 1, 2) });
  await expect(start("checkpoint: w.safetensors, checkpoint_strict: false")).rejects.toThrow(
    /shape +scale +\[1\] +\[2\]/,
  );
});

it.each([
  ['checkpoint: w.safetensors, checkpoint_filters: ["haed.*"]', /"haed\.\*" matches no name/],
  ['checkpoint: w.safetensors, checkpoint_renamer: [["nothing", "x"]]', /"nothing" is in no name/],
  ["checkpoint: { path: w.safetensors, layout: hf-cilp }", /no layout "hf-cilp"/],
  ["checkpoint: { path: w.safetensors, checkpoint: w.safetensors }", /not name one place[^]*both/],
  ["checkpoint: { layout: l3m }", /not name one place[^]*neither/],
  [
    'checkpoint: [{ path: w.safetensors }], checkpoint_filters: ["x"]',
    /model\.checkpoint_filters belongs to one place/,
  ],
  ["checkpoint: other.safetensors", /other\.safetensors +model\.checkpoint[^]*There are no weights here/],
  ["checkpoint: 3", /model\.checkpoint has a value/],
])("refuses %s", async (section, says) => {
  write("w.safetensors", WHOLE);
  await expect(start(section)).rejects.toThrow(says);
});

it("puts weights into the state: clamped, as whole numbers, in place of what was drawn", async () => {
  const engine = await openEngine("tfjs-cpu");
  try {
    write("w.safetensors", WHOLE);
    const { weights } = await open("checkpoint: w.safetensors");
    const before = tf.memory().numTensors;
    const zeros = (specs: readonly { path: string; shape: readonly number[] }[]): Record<string, tf.Tensor> =>
      Object.fromEntries(specs.map(({ path: name, shape }) => [name, tf.zeros([...shape])]));
    const drawn = { params: zeros(MODEL.params), buffers: zeros(MODEL.buffers), slots: {}, alive: tf.scalar(1) };
    const state = await withWeights(drawn, MODEL, weights, placeOn(engine, undefined), { work: () => undefined });
    expect(tf.memory().numTensors - before).toBe(7);
    expect(await state.params["scale"]?.data()).toEqual(Float32Array.of(2));
    expect(await state.params["trunk.b"]?.data()).toEqual(Float32Array.of(3));
    expect(state.params["head.weight"]?.shape).toEqual([2, 2]);
    expect([state.buffers["count"]?.dtype, [...((await state.buffers["count"]?.data()) ?? [])]]).toEqual([
      "int32",
      [9],
    ]);
    expect(state.buffers["table"]).toBe(drawn.buffers["table"]);
  } finally {
    await engine.stop();
  }
});
