import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import {
  build,
  buildModel,
  corePlugin,
  defineModule,
  definePlugin,
  evalContext,
  type ForwardContext,
  type Model,
  Registry,
  Rng,
  withParams,
} from "@l3m/core";
import { sincosTable2d } from "@l3m/core/nn";
import transformerTrunk from "@l3m/transformer-trunk";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";

const modes: boolean[] = [];
/** Image `[B, P]` to ids, with a parameter that must stay frozen; notes the mode in which it runs. */
const threshold = defineModule({
  name: "threshold",
  summary: "Ids of an image: is a pixel above the threshold?",
  options: z.strictObject({ img_size: z.int().default(1) }),
  build(_options, context) {
    const limit = context.param("limit", [1], { init: { kind: "constant", value: 0.5 } });
    return {
      forward(image, forward) {
        modes.push(forward.train);
        return tf.cast(tf.greater(image, limit.value), "int32");
      },
    };
  },
});
const toys = definePlugin({ namespace: "toys", provides: [threshold] });
const registry = new Registry([corePlugin, transformerTrunk, toys]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const D = 8;
const attention = { attention: "transformer-trunk/generic-attention", dim: D, num_heads: 2 };
const key = (seed: number): tf.Tensor => tf.tensor1d([seed, 7], "int32");
const wave = (...shape: number[]): tf.Tensor =>
  tf.reshape(
    tf.sin(
      tf.range(
        0,
        shape.reduce((a, b) => a * b, 1),
      ),
    ),
    shape,
  );
const training = (): ForwardContext => evalContext({ train: true, rng: new Rng(key(9)) });

function trunk(options: Record<string, unknown> = {}, compat = false): Model {
  const node = {
    block: "transformer-trunk/transformer-decoder",
    read_key: "x",
    write_key: "y",
    encoder_output_key: "e",
    embed_dim: D,
    num_blocks: 2,
    self_attn_target: { ...attention, is_causal: true },
    cross_attn_target: { attention: "transformer-trunk/cross-attention", dim: D, encoder_dim: 6, num_heads: 2 },
    ...options,
  };
  return buildModel(registry, node, { compat });
}

function decoder(options: Record<string, unknown> = {}, compat = false): Model {
  const node = {
    block: "transformer-trunk/simple-decoder",
    read_key: "x",
    write_key: "y",
    input_dim: D,
    embed_dim: D,
    output_dim: 3,
    num_layers: 1,
    image_size: 4,
    patch_size: 2,
    attn_target: "core/generic-identity",
    ...options,
  };
  return buildModel(registry, node, { compat });
}

function run(model: Model, dict: Record<string, tf.Tensor | number>, context = evalContext()): tf.Tensor {
  return model.forward(model.initialise(key(1)), new Map(Object.entries(dict)), context).get("y") as tf.Tensor;
}

describe("transformer-decoder", () => {
  it("is causal in its own tokens and reads all of the encoder's", () => {
    const [x, e] = [wave(1, 4, D), wave(1, 5, 6)];
    const first = (y: tf.Tensor): tf.TypedArray => tf.slice(y, [0, 0, 0], [1, 1, D]).dataSync();
    const plain = first(run(trunk(), { x, e }));
    const otherEnd = tf.concat([tf.slice(x, [0, 0, 0], [1, 3, D]), tf.ones([1, 1, D])], 1);
    expect(first(run(trunk(), { x: otherEnd, e }))).toEqual(plain);
    const otherEncoded = tf.concat([tf.slice(e, [0, 0, 0], [1, 4, 6]), tf.ones([1, 1, 6])], 1);
    expect(first(run(trunk(), { x, e: otherEncoded }))).not.toEqual(plain);
  });

  it("initialises when it is built: biases 0, branch outputs rescaled", () => {
    const [plain, scaled] = [trunk(), trunk({ gpt_proj_rescale: true })].map((model) => model.initialise(key(5)));
    for (const [path, value] of plain ?? [])
      if (path.endsWith(".bias")) expect([path, tf.max(tf.abs(value)).dataSync()[0]]).toEqual([path, 0]);
    for (const path of ["self_attn.proj.weight", "cross_attn.proj.weight", "mlp.fc2.weight"]) {
      const [was = NaN, is = NaN] = [plain, scaled].map((values) => values?.get(`blocks.1.${path}`)?.dataSync()[0]);
      expect(is / was).toBeCloseTo(1 / Math.sqrt(4), 6);
    }
  });

  it("hands act_layer to its blocks, which compat forgets as ml-l3m does", () => {
    const inputs = { x: wave(1, 4, D), e: wave(1, 5, 6) };
    const output = (options: object, compat: boolean): tf.TypedArray =>
      run(trunk({ ...options }, compat), inputs).dataSync();
    expect(output({ act_layer: "core/silu" }, false)).not.toEqual(output({}, false));
    expect(output({ act_layer: "core/silu" }, true)).toEqual(output({}, true));
  });

  it("skips branches in training only", () => {
    const [x, e] = [wave(2, 4, D), wave(2, 5, 6)];
    const model = trunk({ drop_path_rate: 1, drop_path_type: "uniform" });
    expect(run(model, { x, e }, training()).dataSync()).toEqual(x.dataSync());
    expect(run(model, { x, e }).dataSync()).toEqual(run(trunk(), { x, e }).dataSync());
  });
});

describe("simple-decoder", () => {
  const mask = tf.tensor2d([true, false, false, true, false, true, true, false], [2, 4], "bool");
  /** No block, norm, projection or positions: the prediction is linear in the tokens. */
  const bare = { num_layers: 0, skip_projection: true, disable_pos_embed: true, post_decoder_norm: false };

  it("puts the visible tokens where the mask is false and the mask token elsewhere", () => {
    const model = decoder({ ...bare, insert_mask: true });
    const values = new Map(model.initialise(key(1)));
    values.set("mask_token", tf.fill([1, 1, D], 10));
    const x = wave(2, 2, D);
    const y = model.forward(values, new Map([["x", x], ["mask", mask]])).get("y") as tf.Tensor; // prettier-ignore
    const weight = tf.transpose(values.get("decoder_pred.weight") as tf.Tensor);
    const sources = [null, 0, 1, null, 2, null, null, 3];
    const rows = tf.unstack(tf.reshape(x, [4, D]));
    const expected = tf.matMul(
      tf.stack(
        sources.map((source) => (source === null ? tf.fill([D], 10) : (rows[source] as tf.Tensor))),
      ) as tf.Tensor2D,
      weight as tf.Tensor2D,
    );
    expect(tf.max(tf.abs(tf.sub(tf.reshape(y, [8, 3]), expected))).dataSync()[0]).toBeLessThan(1e-5);
  });

  it("does not take a patch mask for an attention mask, unless compat says so", () => {
    const x = wave(2, 4, D);
    const attends = { attn_target: attention };
    expect(run(decoder(attends), { x, mask }).dataSync()).toEqual(run(decoder(attends), { x }).dataSync());
    expect(() => run(decoder(attends, true), { x, mask })).toThrow(/one row per query/);
    const pairs = tf.greater(wave(2, 4, 4), -2);
    const diagonal = tf.tile(tf.expandDims(tf.cast(tf.eye(4), "bool"), 0), [2, 1, 1]);
    const attended = [pairs, diagonal].map((mask) => run(decoder(attends), { x, mask }).dataSync());
    expect(attended[0]).not.toEqual(attended[1]);
  });

  it("drops patches in training only, at the given rate", () => {
    const [B, P] = [64, 4];
    const options = { ...bare, patch_dropout_rate: 0.25 };
    const x = tf.ones([B, P, D]);
    const predictions = (context: ForwardContext, compat = false): tf.Tensor =>
      run(decoder(options, compat), { x }, context);
    const dropped = (y: tf.Tensor): number =>
      tf.mean(tf.cast(tf.equal(tf.sum(tf.abs(y), 2), 0), "float32")).dataSync()[0] as number;
    expect(dropped(predictions(evalContext()))).toBe(0);
    for (const share of [dropped(predictions(training())), dropped(predictions(evalContext(), true))]) {
      expect(share).toBeGreaterThan(0.15);
      expect(share).toBeLessThan(0.35);
    }
  });

  it("declares what a checkpoint of ml-l3m holds", () => {
    const model = decoder({ insert_mask: true, patch_dropout_rate: 0.5 });
    const table = model.initialise(key(1)).get("decoder_pos_embed")?.dataSync();
    expect(table).toEqual(sincosTable2d(D, [2, 2]));
    expect(model.params.filter(({ trainable }) => !trainable).map(({ path }) => path)).toEqual(["decoder_pos_embed"]);
    expect(model.buffers.map(({ path, shape }) => [path, shape])).toEqual([["patch_drop_bernoulli", [1, 4]]]);
  });

  it("names mistakes", () => {
    expect(() => decoder({ embed_dim: 6 })).toThrow(/divisible by 4/);
    expect(() => decoder({ embed_dim: 12, skip_projection: true })).toThrow(/the width of what it reads/);
    expect(() => run(decoder(), { x: wave(1, 5, D) })).toThrow(/more tokens than image_size has patches/);
    const inserts = decoder({ insert_mask: true });
    expect(() => run(inserts, { x: wave(2, 3, D), mask, mask_num_visible: 2 })).toThrow(/visible tokens fill/);
    expect(() => run(inserts, { x: wave(2, 5, D), mask })).toThrow(/Mask tokens go where/);
  });
});

describe("discrete-decoder", () => {
  it("replaces the image by ids of a frozen tokenizer in eval mode", () => {
    const model = decoder({ block: "transformer-trunk/discrete-decoder", tokenizer: "toys/threshold" });
    const dict = new Map([["x", wave(2, 4, D)], ["image", tf.tensor3d([0, 1, 1, 0, 1, 1, 0, 0], [2, 2, 2])]]); // prettier-ignore
    modes.length = 0;
    model.forward(model.initialise(key(1)), dict, training());
    expect(modes).toEqual([false]);
    expect(dict.get("image")?.arraySync()).toEqual([[0, 1, 1, 0], [1, 1, 0, 0]]); // prettier-ignore
    expect(dict.get("y")?.shape).toEqual([2, 4, 3]);
    expect(model.params.find(({ path }) => path === "tokenizer.limit")?.trainable).toBe(false);
  });
});

describe("mae-decoder", () => {
  const node = { module: "transformer-trunk/mae-decoder", input_dim: 6, embed_dim: D, output_dim: 3, num_layers: 1, image_size: 4, patch_size: 2, attn_target: attention }; // prettier-ignore

  it("gives the class token no position, and needs a mask", () => {
    const built = build(registry, "module", node);
    const table = built.params.find(({ path }) => path === "decoder_pos_embed");
    expect(table?.shape).toEqual([1, 5, D]);
    expect(table?.init.kind === "table" ? [...Array.from(table.init.values())].slice(0, D) : []).toEqual(
      Array(D).fill(0),
    );
    expect(() => withParams(new Map(built.params.map(({ path, shape }) => [path, tf.zeros([...shape])])), () => built.product.forward(wave(1, 3, 6), evalContext()))).toThrow(/which patches the encoder did not see/); // prettier-ignore
  });
});
