/** What the keys of `optim` do to a real step: muP, probe search, schedulers of PyTorch, LARS and AdamLH on a mesh and in bf16. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@l3m/core/tf";
import preset from "@l3m/preset-l3m";
import { createTraining, type Engine, layoutOf, openEngine, openExperiment, type TrainState } from "@l3m/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const TOTAL = 8;
const LINEAR_HEAD =
  "{ block: heads/linear-classifier, read_key: tokens, write_key: logits, in_features: 16, out_features: 4 }";
const ONE_LOSS =
  "{ loss: losses/loss-wrapper, read_key: logits, target_read_key: target, base_criterion: losses/cross-entropy-loss }";
const LINEAR_DECAY = "{ schedule: optim/linear, start_value: 0.02, end_value: 0.01 }";

interface Choices {
  readonly head?: string;
  readonly loss?: string;
  readonly optim: string;
  readonly precision?: string;
  /** Further lines at the top level. */
  readonly more?: string;
}

/** A classifier of 8 x 8 images; its data are made here, so the data section is never opened. */
function config({ head = LINEAR_HEAD, loss = ONE_LOSS, optim, precision = "f32", more = "" }: Choices): string {
  return `experiment: { name: optim, seed: 3, total_iterations: ${TOTAL}, precision: ${precision} }
data: { train: { dataset: { dataset: data/image-text-folder, root: ./none }, batch_size: 8 } }
model:
  meta_model:
    block: core/meta-model
    preprocessor:
      block: vision-patchify/vit-preprocessor
      read_key: image
      write_key: tokens
      patchifier: { module: vision-patchify/patch-embed, img_size: 8, patch_size: 4, embed_dim: 16 }
      pos_embed_type: absolute
      cls_token: false
    trunk:
      block: transformer-trunk/transformer
      read_key: tokens
      write_key: tokens
      embed_dim: 16
      num_blocks: 1
      attn_target: { attention: transformer-trunk/generic-attention, dim: 16, num_heads: 2 }
      norm_layer: { norm: core/layer-norm, eps: 1e-5 }
    postprocessor: { block: heads/gap, start: 0, read_key: tokens, write_key: tokens }
    head: ${head}
loss: ${loss}
optim: { wd_exclude: ["*bias"], ${optim} }
${more}`;
}

const folder = mkdtempSync(path.join(tmpdir(), "l3m-optim-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Trained {
  /** Host values of every parameter before the first step and after each one. */
  readonly params: readonly Readonly<Record<string, Float32Array>>[];
  readonly losses: readonly number[];
  /** Learning rate of each step, as it is logged. */
  readonly lrs: readonly number[];
  readonly warnings: readonly string[];
}

/** Trains for `steps` steps on random images of four classes, the same in every run. */
async function train(engine: Engine, choices: Choices, steps: number): Promise<Trained> {
  const file = path.join(folder, "config.yaml");
  writeFileSync(file, config(choices));
  const experiment = await openExperiment(file, { preset });
  const training = createTraining(experiment, engine, layoutOf(experiment));
  let state = await training.initialState();
  const params = [await hostParams(state)];
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = {
      image: tf.randomUniform([8, 3, 8, 8], -1, 1, "float32", step),
      target: tf.tensor1d([0, 1, 2, 3, 0, 1, 2, 3], "int32"),
    };
    const inputs = { key: tf.tensor1d([3, step], "int32"), scalars: tf.tensor1d(training.scalars.values(step, TOTAL)) };
    await training.step.prepare(state, batch, inputs);
    const { state: next, metrics } = training.step(state, batch, inputs);
    losses.push((await metrics.data())[0] as number);
    state = next;
    params.push(await hostParams(state));
  }
  const lrs = Array.from({ length: steps }, (_, step) => training.scalars.lr(step, TOTAL));
  return { params, losses, lrs, warnings: training.plan.warnings };
}

async function hostParams(state: TrainState): Promise<Record<string, Float32Array>> {
  const entries = Object.entries(state.params).map(
    async ([name, t]) => [name, Float32Array.from(await t.data())] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Largest change of a parameter between two of its values. */
function change({ params }: Trained, name: string, from = 0, to = from + 1): number {
  const [a, b] = [params[from]?.[name], params[to]?.[name]] as [Float32Array, Float32Array];
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
}

const ADAM = `optimizer: { optimizer: optim/adam-w, lr: 0.02, weight_decay: 0 }, scheduler: ${LINEAR_DECAY}`;
const MLP = "trunk.blocks.0.mlp.fc1.weight";
const HEAD = "head.linear.weight";
const WIDER =
  "pattern: trunk.*.weight, width: 32, lr_scale_expr: base_width / width, init_scale_expr: (base_width / width) ** 0.5";

describe("one device", () => {
  let engine: Engine;
  beforeAll(async () => void (engine = await openEngine("tfjs-cpu")));
  afterAll(() => engine.stop());

  it("muP: matched parameters learn at their share of the rate", async () => {
    const plain = await train(engine, { optim: ADAM }, 1);
    const scaled = await train(engine, { optim: `${ADAM}, mup: { base_width: 8, param_groups: [{ ${WIDER} }] }` }, 1);
    expect(scaled.params[0]).toEqual(plain.params[0]); // initialize is off
    // the first step of Adam is as large as the rate
    expect([change(plain, MLP), change(scaled, MLP)]).toEqual([expect.closeTo(0.02, 5), expect.closeTo(0.005, 5)]);
    expect([change(plain, HEAD), change(scaled, HEAD)]).toEqual([expect.closeTo(0.02, 5), expect.closeTo(0.02, 5)]);
  });

  it("muP: scales initial values, and tells of expressions without a value", async () => {
    const entries = `[{ ${WIDER} }, { pattern: head.*, lr_scale_expr: widht }]`;
    const { params, warnings } = await train(
      engine,
      { optim: `${ADAM}, mup: { base_width: 8, initialize: true, param_groups: ${entries} }` },
      0,
    );
    const [plain] = (await train(engine, { optim: ADAM }, 0)).params;
    expect(params[0]?.[MLP]).toEqual(plain?.[MLP]?.map((value) => value * 0.5));
    expect(params[0]?.[HEAD]).toEqual(plain?.[HEAD]);
    expect(warnings).toEqual([expect.stringMatching(/param_groups\.1\.lr_scale_expr.*"widht"/)]);
  });

  it("probe search: every head at the rate and decay of its name, side by side", async () => {
    const head = `{ block: heads/probe-hparam-search-wrapper, lr_grid: [0.02, 0.002], wd_grid: [0.0, 0.5], head: ${LINEAR_HEAD} }`;
    const loss =
      "{ loss: losses/multi-head-loss-wrapper, read_key: logits, base_criterion: losses/cross-entropy-loss }";
    const optim = `${ADAM}, probe_hparam_search: true, freeze_list: ["preprocessor.*", "trunk.*"]`;
    const run = await train(engine, { head, loss, optim }, 1);
    const weight = (name: string): string => `head.heads.HP_LR_${name}.linear.weight`;
    expect(change(run, weight("0,02_BN_False_WD_0"))).toBeCloseTo(0.02, 5);
    expect(change(run, weight("0,002_BN_False_WD_0"))).toBeCloseTo(0.002, 5);
    expect(change(run, MLP)).toBe(0);
    // a decayed head starts its step from (1 - lr wd) of its values
    const [before, after] = run.params.map((values) => values[weight("0,02_BN_False_WD_0,5")] as Float32Array);
    const steps = before?.map((value, i) => Math.abs(value * (1 - 0.02 * 0.5) - (after?.[i] as number))) ?? [];
    expect(Math.max(...steps)).toBeCloseTo(0.02, 5);
  });

  it("schedulers of PyTorch: from the optimizer's rate, one step ahead", async () => {
    const scheduler = "{ schedule: optim/cosine-annealing-lr, eta_min: 0.001 }";
    const optimizer = "{ optimizer: optim/adam-w, lr: 0.02, weight_decay: 0 }";
    const optim = `optimizer: ${optimizer}, scheduler: ${scheduler}, scheduler_type: torch`;
    const run = await train(engine, { optim }, 2);
    const at = (step: number): number => 0.001 + 0.0095 * (1 + Math.cos((Math.PI * step) / TOTAL));
    expect(run.lrs).toEqual([expect.closeTo(at(1), 12), expect.closeTo(at(2), 12)]);
    expect(change(run, HEAD)).toBeCloseTo(at(1), 5);
  });

  it.each([
    ["grad_clip: 0", /optim\.grad_clip.*[^]*null does not clip/],
    ["scheduler_type: torch", /optim\.scheduler_type[^]*no scheduler of PyTorch/],
    ["probe_hparam_search: true", /optim\.probe_hparam_search[^]*no heads to search/],
    ["mup: { param_groups: [] }", /optim\.mup\.base_width is missing/],
    ["mup: { base_width: 8, param_groups: [{ patern: x }] }", /"patern".*Did you mean "pattern"/],
  ])("%s is refused at its place in the file", async (key, message) => {
    const error: unknown = await train(engine, { optim: `${ADAM}, ${key}` }, 0).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(message);
    expect(String(error)).toMatch(/config\.yaml:\d+:\d+/);
  });
});

describe("compiled", () => {
  const optimOf = (name: string): string =>
    `optimizer: { optimizer: optim/${name}, lr: 0.02, weight_decay: 1e-3 }, scheduler: ${LINEAR_DECAY}`;
  const RULES = ["adam-lh", "lars"] as const;
  type Params = Readonly<Record<string, Float32Array>>;

  /** Parameters after two steps of each of the choices on one fresh engine. */
  async function trained(choices: readonly Choices[], size = 1): Promise<Params[]> {
    const engine = await openEngine("xla-cpu", size === 1 ? {} : { mesh: { axes: [{ name: "dp_shard", size }] } });
    try {
      const params: Params[] = [];
      for (const choice of choices) params.push((await train(engine, choice, 2)).params[2] ?? {});
      return params;
    } finally {
      await engine.stop();
    }
  }

  let alone: readonly Params[];
  let inBf16: Params;
  beforeAll(async () => {
    const wide = RULES.map((name) => ({ optim: optimOf(name) }));
    const [narrow = {}, ...others] = await trained([{ optim: optimOf("adam-lh"), precision: "bf16" }, ...wide]);
    [inBf16, alone] = [narrow, others];
  }, 120_000);

  it("with sharded state on a mesh: the parameters of one device", { timeout: 120_000 }, async () => {
    const more = "mesh: { devices: 2, dp_shard: 2 }";
    const sharded = await trained(
      RULES.map((name) => ({ optim: optimOf(name), more })),
      2,
    );
    for (const [rule, name] of RULES.entries()) {
      expect(sharded[rule]?.[MLP]).toHaveLength(64 * 16);
      for (const [path, values] of Object.entries(alone[rule] ?? {}))
        for (const [i, value] of values.entries())
          expect(sharded[rule]?.[path]?.[i], `${name} ${path} ${i}`).toBeCloseTo(value, 5);
    }
  });

  it("in bf16: masters in f32, near those of a run in f32", () => {
    const masters = inBf16[MLP] as Float32Array;
    const representable = new Uint32Array(masters.slice().buffer).filter((bits) => bits % 2 ** 16 === 0);
    expect(representable.length).toBeLessThan(masters.length / 100);
    const apart = masters.map((value, i) => Math.abs(value - (alone[0]?.[MLP]?.[i] as number)));
    expect(Math.max(...apart)).toBeLessThan(2 * 2 * 0.02); // two steps of Adam's full size, either way
    expect(apart.filter((d) => d < 1e-3).length).toBeGreaterThan(0.9 * apart.length);
  });
});
