import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import {
  buildModel,
  checkpointed,
  corePlugin,
  evalContext,
  type ForwardContext,
  type Model,
  Registry,
  Rng,
  withParams,
} from "@l3m/core";
import transformerTrunk from "@l3m/transformer-trunk";
import { beforeAll, describe, expect, it } from "vitest";

const registry = new Registry([corePlugin, transformerTrunk]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const D = 16;
const attention = { attention: "transformer-trunk/generic-attention", dim: D, num_heads: 2 };

function trunk(options: Record<string, unknown> = {}): Model {
  return buildModel(registry, {
    block: "transformer-trunk/transformer",
    read_key: "x",
    write_key: "y",
    embed_dim: D,
    num_blocks: 3,
    mlp_ratio: 2,
    attn_target: attention,
    ...options,
  });
}

function key(seed: number): tf.Tensor {
  return tf.tensor1d([seed, 7], "int32");
}

function output(model: Model, context: ForwardContext = evalContext()): Float32Array {
  const x = tf.reshape(tf.sin(tf.range(0, 2 * 5 * D)), [2, 5, D]);
  return (
    model.forward(model.initialise(key(1)), new Map([["x", x]]), context).get("y") as tf.Tensor
  ).dataSync() as Float32Array;
}

function statistics(model: Model, path: string): { max: number; std: number } {
  const values = model.initialise(key(3)).get(path)?.dataSync() ?? [];
  const list = [...values];
  const mean = list.reduce((sum, v) => sum + v, 0) / list.length;
  return {
    max: Math.max(...list.map(Math.abs)),
    std: Math.sqrt(list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length),
  };
}

describe("initialisation", () => {
  it("zeroes every linear bias, also without a style", () => {
    for (const style of ["xavier_uniform", null]) {
      const model = trunk({ weight_init_style: style, attn_target: { ...attention, qkv_bias: true } });
      const biases = [...model.initialise(key(2))].filter(([path]) => path.endsWith(".bias"));
      expect(biases.length).toBeGreaterThan(3 * 6);
      for (const [path, value] of biases) expect([path, tf.max(tf.abs(value)).dataSync()[0]]).toEqual([path, 0]);
    }
  });

  it.each([
    ["xavier_uniform", Math.sqrt(6 / (2 * D)), Math.sqrt(2 / (2 * D))],
    ["pytorch", Infinity, 0.02],
    ["fan_in_depth_scaled", (2 * Math.sqrt(1 / 4 / D)) / 0.8796, Math.sqrt(1 / 4 / D)],
    ["normal", Infinity, 0.02],
    ["fan_in_normal", Infinity, Math.sqrt(1 / D)],
    [null, Math.sqrt(1 / D), Math.sqrt(1 / 3 / D)],
  ])("draws linear weights in style %s", (style, bound, std) => {
    const measured = statistics(trunk({ weight_init_style: style }), "blocks.1.attn.q_proj.weight");
    expect(measured.max).toBeLessThanOrEqual(bound + 1e-6);
    expect(measured.std / std).toBeGreaterThan(0.85);
    expect(measured.std / std).toBeLessThan(1.15);
  });

  it.each<[boolean | "depth", (block: number) => number]>([
    [true, (block) => 2 * (block + 1)],
    ["depth", () => 2 * 3],
  ])("rescales output projections by the index of the block or by the depth (%s)", (gpt_proj_rescale, branches) => {
    const [plain, scaled] = [trunk(), trunk({ gpt_proj_rescale })].map((model) => model.initialise(key(5)));
    for (const path of ["attn.proj.weight", "mlp.fc2.weight", "mlp.fc1.weight"]) {
      for (let i = 0; i < 3; i++) {
        const ratio = tf
          .div(scaled?.get(`blocks.${i}.${path}`) as tf.Tensor, plain?.get(`blocks.${i}.${path}`) as tf.Tensor)
          .dataSync()[0];
        expect(ratio).toBeCloseTo(path === "mlp.fc1.weight" ? 1 : 1 / Math.sqrt(branches(i)), 6);
      }
    }
  });

  it("refuses to rescale what has no output projection", () => {
    expect(() => trunk({ gpt_proj_rescale: true, attn_target: "core/generic-identity" })).toThrow(
      /no output projection/,
    );
  });
});

describe("stochastic depth", () => {
  it("acts in training only, and grows over the blocks", () => {
    const train = { train: true, rng: new Rng(key(9)) };
    expect(output(trunk({ drop_path_rate: 0.9 }))).toEqual(output(trunk()));
    expect(output(trunk({ drop_path_rate: 0.9 }), evalContext(train))).not.toEqual(output(trunk()));
    // one progressive block has rate 0, one uniform block has the rate itself
    expect(output(trunk({ drop_path_rate: 1, num_blocks: 1 }), evalContext(train))).toEqual(
      output(trunk({ num_blocks: 1 })),
    );
    const dropped = output(trunk({ drop_path_rate: 1, num_blocks: 1, drop_path_type: "uniform" }), evalContext(train));
    expect(dropped).toEqual(
      Float32Array.from({ length: dropped.length }, (_, i) => tf.sin(tf.scalar(i)).dataSync()[0] as number),
    );
  });
});

describe("activation checkpointing", () => {
  it("gives the same gradients", () => {
    const model = trunk({
      attn_target: { ...attention, rope: { pos_embed: "transformer-trunk/rope", context_length: 8, head_dim: 8 } },
      self_attn_mask_read_key: "m",
      drop_path_rate: 0.3,
    });
    const values = model.initialise(key(4));
    const x = tf.reshape(tf.sin(tf.range(0, 2 * 5 * D)), [2, 5, D]);
    const mask = tf.lessEqual(tf.reshape(tf.range(0, 5), [1, 1, 5]), tf.reshape(tf.range(0, 5), [1, 5, 1]));
    const positions = tf.tensor2d(
      [
        [0, 1, 2, 3, 4],
        [3, 4, 5, 6, 7],
      ],
      [2, 5],
      "int32",
    );
    const gradient = (name: string, context: ForwardContext): Float32Array => {
      const loss = (changed: tf.Tensor): tf.Scalar => {
        const given = new Map([...values, [name, changed]]);
        const dict = new Map([
          ["x", name === "x" ? changed : x],
          ["m", tf.tile(mask, [2, 1, 1])],
          ["position_ids", positions],
        ]);
        const y = withParams(given, () => model.root.forward(dict, context)).get("y") as tf.Tensor;
        return tf.sum(tf.mul(y, tf.cos(tf.reshape(tf.range(0, y.size), y.shape))));
      };
      return tf
        .grad(loss)(name === "x" ? x : (values.get(name) as tf.Tensor))
        .dataSync() as Float32Array;
    };
    const train = { train: true, rng: new Rng(key(9)) };
    for (const name of ["x", "blocks.0.attn.q_proj.weight", "blocks.1.norm_2.bias", "blocks.2.mlp.fc2.weight"]) {
      const plain = gradient(name, evalContext(train));
      const again = gradient(name, evalContext({ ...train, remat: checkpointed }));
      expect(plain.some((value) => value !== 0)).toBe(true);
      for (let i = 0; i < plain.length; i++) expect(again[i]).toBeCloseTo(plain[i] as number, 5);
    }
  });
});

describe("attention", () => {
  it("is causal: later tokens do not change earlier outputs", () => {
    const model = trunk({ attn_target: { ...attention, is_causal: true } });
    const values = model.initialise(key(1));
    const run = (x: tf.Tensor): tf.Tensor =>
      tf.slice(model.forward(values, new Map([["x", x]])).get("y") as tf.Tensor, [0, 0, 0], [1, 3, D]);
    const x = tf.reshape(tf.sin(tf.range(0, 5 * D)), [1, 5, D]);
    const changed = tf.concat([tf.slice(x, [0, 0, 0], [1, 3, D]), tf.ones([1, 2, D])], 1);
    expect(run(changed).dataSync()).toEqual(run(x).dataSync());
  });

  it("takes either a mask or causality, and only masks of rank 3", () => {
    const x = tf.zeros([1, 4, D]);
    const forward = (attn: Record<string, unknown>, mask: tf.Tensor): unknown => {
      const model = trunk({ attn_target: attn, self_attn_mask_read_key: "m" });
      return model.forward(
        model.initialise(key(1)),
        new Map([
          ["x", x],
          ["m", mask],
        ]),
      );
    };
    expect(() => forward({ ...attention, is_causal: true }, tf.ones([1, 4, 4], "bool"))).toThrow(
      /causal attention takes no mask/,
    );
    expect(() => forward(attention, tf.ones([1, 4], "bool"))).toThrow(/one row per query/);
  });

  it("depends on relative positions only, with rotary embeddings", () => {
    const rope = { pos_embed: "transformer-trunk/rope", context_length: 64, head_dim: 8 };
    const model = trunk({ attn_target: { ...attention, rope } });
    const values = model.initialise(key(1));
    const run = (start: number): Float32Array => {
      const x = tf.reshape(tf.sin(tf.range(0, 5 * D)), [1, 5, D]);
      const position_ids = tf.tensor2d([[0, 1, 2, 3, 4].map((n) => n + start)], [1, 5], "int32");
      return (
        model
          .forward(
            values,
            new Map([
              ["x", x],
              ["position_ids", position_ids],
            ]),
          )
          .get("y") as tf.Tensor
      ).dataSync() as Float32Array;
    };
    const [here, there] = [run(0), run(37)];
    for (let i = 0; i < here.length; i++) expect(there[i]).toBeCloseTo(here[i] as number, 4);
  });

  it("names mistakes in its options", () => {
    expect(() => trunk({ attn_target: { ...attention, num_kv_heads: 3 } })).toThrow(/same number of query heads/);
    expect(() =>
      trunk({
        attn_target: { ...attention, rope: { pos_embed: "transformer-trunk/rope", context_length: 8, head_dim: 7 } },
      }),
    ).toThrow(/even head width/);
  });
});
