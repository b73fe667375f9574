import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import {
  build,
  type Built,
  corePlugin,
  drawParam,
  evalContext,
  type Layer,
  Registry,
  Rng,
  withParams,
} from "@l3m/core";
import transformerTrunk from "@l3m/transformer-trunk";
import { beforeAll, describe, expect, it } from "vitest";

const registry = new Registry([corePlugin, transformerTrunk]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const D = 12;
const [B, N] = [2, 5];
type Values = Map<string, tf.Tensor>;

function attention(name: string, options: Record<string, unknown> = {}): Built<Layer> {
  return build(registry, "attention", { attention: `transformer-trunk/${name}`, dim: D, num_heads: 2, ...options });
}

/** Draws every parameter; those that start at 0 too, so that they matter. */
function draw({ params }: Built<Layer>): Values {
  const key = tf.tensor1d([3, 4], "int32");
  return new Map(params.map(({ path, shape }) => [path, drawParam({ kind: "normal", std: 0.4 }, key, path, shape)]));
}

function run(
  { product }: Built<Layer>,
  values: Values,
  inputs: Parameters<Layer["forward"]>[2] = {},
  context = evalContext(),
): number[] {
  return [...withParams(values, () => product.forward(tokens(), context, inputs)).dataSync()];
}

function tokens(): tf.Tensor {
  return tf.reshape(tf.sin(tf.range(0, B * N * D)), [B, N, D]);
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 4));
}

/** Bool `[B, N, N]` from a rule on query i and key j. */
function mask(allowed: (i: number, j: number) => boolean): tf.Tensor {
  const one = Array.from({ length: N * N }, (_, at) => allowed(Math.floor(at / N), at % N));
  return tf.tile(tf.tensor(one, [1, N, N], "bool"), [B, 1, 1]);
}

describe("low-rank adaptation", () => {
  /** `W + B A / r` for the parts of `path`, as loralib folds it. */
  function folded(values: Values, path: string, adapted: readonly boolean[], r: number): tf.Tensor {
    const [a, b] = [values.get(`${path}.lora_A`), values.get(`${path}.lora_B`)] as [tf.Tensor, tf.Tensor];
    let n = 0;
    const changes = adapted.map((isAdapted) => {
      if (!isAdapted) return tf.zeros([D, D]);
      const i = n++;
      return tf.matMul(tf.slice(b, [i * D, 0], [D, r]), tf.slice(a, [i * r, 0], [r, D]));
    });
    return tf.add(values.get(`${path}.weight`) as tf.Tensor, tf.div(tf.concat(changes, 0), r));
  }

  it.each([[[true, true, true]], [[true, false, true]], [[false, true, false]]])(
    "is efficient-attention with the products folded into its weights (%s)",
    (qkv_flags) => {
      const options = { qkv_bias: true, is_causal: true };
      const lora = attention("lora-attention", { ...options, lora_rank: 3, qkv_flags });
      const values = draw(lora);
      const plain = new Map([
        ["qkv.weight", folded(values, "qkv", qkv_flags, 3)],
        ["qkv.bias", values.get("qkv.bias") as tf.Tensor],
        ["proj.weight", values.has("proj.lora_A") ? folded(values, "proj", [true], 3) : values.get("proj.weight")],
        ["proj.bias", values.get("proj.bias") as tf.Tensor],
      ] as [string, tf.Tensor][]);
      expectClose(run(lora, values), run(attention("efficient-attention", options), plain));
    },
  );

  it("trains the low-rank terms and the biases only, and starts as the frozen layer", () => {
    const { params } = attention("lora-attention", { lora_rank: 4, qkv_bias: true });
    expect(params.map(({ path, shape, trainable }) => [path, shape, trainable])).toEqual([
      ["qkv.weight", [36, 12], false],
      ["qkv.bias", [36], true],
      ["qkv.lora_A", [12, 12], true],
      ["qkv.lora_B", [36, 4], true],
      ["proj.weight", [12, 12], false],
      ["proj.bias", [12], true],
      ["proj.lora_A", [4, 12], true],
      ["proj.lora_B", [12, 4], true],
    ]);
    const ups = params.filter(({ path }) => path.endsWith("lora_B"));
    expect(ups.map(({ init }) => init)).toEqual(ups.map(() => ({ kind: "constant", value: 0 })));
  });

  it("leaves projections without adaptation as they are", () => {
    const { params } = attention("lora-attention", { qkv_flags: [false, false, false] });
    expect(params.map(({ path, trainable }) => [path, trainable])).toEqual([
      ["qkv.weight", true],
      ["proj.weight", true],
      ["proj.bias", true],
    ]);
  });
});

describe("masks", () => {
  it("a prefix is seen by all, the rest causally", () => {
    const outside = tf.tensor([0, 0, 1, 1, 1, 0, 0, 1, 1, 1], [B, N], "bool");
    const prefix = attention("prefix-causal-attention");
    const values = draw(prefix);
    const dense = mask((i, j) => j <= i || j < 2);
    expectClose(run(prefix, values, { mask: outside }), run(attention("attention-with-mask"), values, { mask: dense }));
  });

  it("a causal mask is what is_causal does, for every family", () => {
    const causal = mask((i, j) => j <= i);
    const pairs = [
      ["efficient-attention", "attention-with-mask"],
      ["efficient-attention", "flex-attention"],
      ["efficient-attention", "flex-attention-with-mask"],
      ["dclm-attention", "dclm-attention"],
      ["hf-attention", "hf-attention-with-mask"],
    ] as const;
    for (const [causalName, maskedName] of pairs) {
      const unmasked = attention(causalName, { is_causal: true });
      const values = draw(unmasked);
      expectClose(run(attention(maskedName), values, { mask: causal }), run(unmasked, values));
    }
  });

  it("a mask that is needed and missing, or of another form, is named", () => {
    for (const name of [
      "attention-with-mask",
      "flex-attention",
      "flex-attention-with-mask",
      "hf-attention-with-mask",
    ]) {
      const built = attention(name);
      expect(() => run(built, draw(built))).toThrow(/always takes a mask/);
      expect(() => run(built, draw(built), { mask: tf.ones([B, N], "bool") })).toThrow(/one row per query/);
    }
    const prefix = attention("prefix-causal-attention");
    expect(() => run(prefix, draw(prefix))).toThrow(/always takes a mask/);
    expect(() => run(prefix, draw(prefix), { mask: mask(() => true) })).toThrow(/outside of the prefix/);
  });
});

describe("attention", () => {
  it("drops probabilities in training only", () => {
    for (const [name, options] of [
      ["attention", {}],
      ["hf-attention", { sdpa: false }],
    ] as const) {
      const [plain, dropping] = [attention(name, options), attention(name, { ...options, attn_drop: 0.5 })];
      const values = draw(plain);
      const train = evalContext({ train: true, rng: new Rng(tf.tensor1d([1, 2], "int32")) });
      expect(run(dropping, values)).toEqual(run(plain, values));
      expect(run(dropping, values, {}, train)).not.toEqual(run(plain, values));
    }
  });

  it("hf-attention looks at qk_scale with sdpa off only", () => {
    const values = draw(attention("hf-attention"));
    const [on, off] = [true, false].map((sdpa) => run(attention("hf-attention", { sdpa, qk_scale: 2 }), values));
    expect(on).toEqual(run(attention("hf-attention"), values));
    expect(off).not.toEqual(on);
  });

  it("cross-attention needs keys, and one length for rotary positions", () => {
    const rope = { pos_embed: "transformer-trunk/rope", context_length: 8, head_dim: 6 };
    const cross = attention("cross-attention", { encoder_dim: 4, relative_pos_embed: rope });
    const values = draw(cross);
    expect(() => run(cross, values)).toThrow(/reads a second sequence/);
    expect(() => run(cross, values, { keys: tf.ones([B, N + 1, 4]) })).toThrow(/as long as the first/);
    expect(run(cross, values, { keys: tf.ones([B, N, 4]) })).toHaveLength(B * N * D);
  });
});
