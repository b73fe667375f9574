import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { build, buildModel, corePlugin, type DataDict, drawParam, evalContext, Registry, withParams } from "@l3m/core";
import visionPatchify from "@l3m/vision-patchify";

const registry = new Registry([corePlugin, visionPatchify]);
beforeAll(async () => void (await tf.setBackend("cpu")));
const key = (): tf.Tensor => tf.tensor1d([5, 6], "int32");

describe("patch-embed", () => {
  it("is the convolution whose stride is its kernel", () => {
    const built = build(registry, "module", {
      module: "vision-patchify/patch-embed",
      img_size: [7, 8],
      patch_size: [3, 2],
      in_chans: 2,
      embed_dim: 5,
    });
    const values = new Map(built.params.map((spec) => [spec.path, drawParam(spec.init, key(), spec.path, spec.shape)]));
    const image = tf.randomNormal([2, 2, 7, 8], 0, 1, "float32", 1);
    const ours = withParams(values, () => built.product.forward(image, evalContext()));
    const kernel = tf.transpose(values.get("proj.weight") as tf.Tensor, [2, 3, 1, 0]) as tf.Tensor4D;
    const maps = tf.add(
      tf.conv2d(tf.transpose(image, [0, 2, 3, 1]) as tf.Tensor4D, kernel, [3, 2], "valid"),
      values.get("proj.bias") as tf.Tensor,
    );
    expect(tf.max(tf.abs(tf.sub(ours, tf.reshape(maps, [2, 8, 5])))).dataSync()[0]).toBeLessThan(1e-6);
    expect(built.product.facts).toMatchObject({ embed_dim: 5, num_patches: 8, grid_size: [2, 4] });
    expect(() => withParams(values, () => built.product.forward(tf.ones([2, 7, 8, 2]), evalContext()))).toThrow(
      /batch of images/,
    );
  });
});

describe("vit-preprocessor", () => {
  const patchifier = { module: "vision-patchify/patch-embed", img_size: 8, patch_size: 4, embed_dim: 8 };
  const node = {
    block: "vision-patchify/vit-preprocessor",
    read_key: "image",
    write_key: "tokens",
    patchifier,
    pos_embed_type: "sincos",
  };

  it("starts from the distributions of ml-l3m's CLIP", () => {
    const wide = {
      ...node,
      pos_embed_type: "absolute",
      patchifier: { ...patchifier, img_size: 224, patch_size: 14, embed_dim: 256 },
    };
    const { params } = buildModel(registry, wide);
    const statistics = Object.fromEntries(
      params.map((spec) => {
        const drawn = drawParam(spec.init, key(), spec.path, spec.shape);
        return [
          spec.path,
          { std: Math.sqrt(tf.moments(drawn).variance.dataSync()[0] ?? 0), max: tf.max(drawn).dataSync()[0] ?? 0 },
        ];
      }),
    );
    const fanIn = 3 * 14 * 14;
    const xavier = Math.sqrt(6 / (fanIn + 256));
    expect(statistics["pos_embed"]?.std).toBeCloseTo(0.02, 3);
    expect(Math.abs((statistics["cls_token"]?.std ?? 0) / 0.02 - 1)).toBeLessThan(0.1);
    expect(statistics["patchifier.proj.weight"]?.max).toBeCloseTo(xavier, 3);
    expect(statistics["patchifier.proj.weight"]?.std).toBeCloseTo(xavier / Math.sqrt(3), 3);
    expect(statistics["patchifier.proj.bias"]?.max).toBeLessThanOrEqual(1 / Math.sqrt(fanIn)); // not zeroed
    expect(statistics["patchifier.proj.bias"]?.std).toBeGreaterThan(0.5 / Math.sqrt(fanIn) / Math.sqrt(3));
  });

  it("keeps exactly the visible patches and the class token", () => {
    const whole = buildModel(registry, node);
    const values = whole.initialise(key());
    const image = tf.randomNormal([2, 3, 8, 8], 0, 1, "float32", 2);
    const all = whole.forward(values, new Map([["image", image]])).get("tokens") as tf.Tensor;
    const mask = tf.tensor2d(
      [
        [1, 0, 1, 0],
        [0, 0, 1, 1],
      ],
      [2, 4],
      "bool",
    );
    const expected = tf.stack([tf.gather(tf.gather(all, 0), [0, 2, 4]), tf.gather(tf.gather(all, 1), [0, 1, 2])]);
    const run = (options: object, more: [string, number][]): tf.Tensor => {
      const dict: DataDict = new Map<string, tf.Tensor | number>([["image", image], ["mask", mask], ...more]);
      return buildModel(registry, { ...node, drop_patches: true, ...options })
        .forward(values, dict)
        .get("tokens") as tf.Tensor;
    };
    for (const tokens of [run({ num_visible: 2 }, []), run({}, [["mask_num_visible", 2]])]) {
      expect(tf.max(tf.abs(tf.sub(tokens, expected))).dataSync()[0]).toBe(0);
    }
    expect(() => run({}, [])).toThrow(/how many patches remain/);
    expect(() => run({ num_visible: 5 }, [])).toThrow(/how many patches remain/);
  });

  it("says what is wrong with a patchifier or an image", () => {
    expect(() =>
      buildModel(registry, { ...node, patchifier: { module: "core/linear", in_features: 1, out_features: 1 } }),
    ).toThrow(/does not say how many tokens/);
    expect(() => buildModel(registry, { ...node, patchifier: { ...patchifier, embed_dim: 6 } })).toThrow(
      /divisible by 4/,
    );
    const model = buildModel(registry, node);
    expect(() => model.forward(model.initialise(key()), new Map([["image", tf.ones([1, 3, 12, 8])]]))).toThrow(
      /more patches than the position table/,
    );
  });
});

describe("preprocessors with registers", () => {
  it("put them left and mark them", () => {
    const patchifier = { module: "vision-patchify/patch-embed", img_size: 4, patch_size: 4, embed_dim: 4 };
    const node = {
      block: "vision-patchify/vit-preprocessor-with-registers",
      read_key: "image",
      write_key: "tokens",
      patchifier,
      num_registers: 2,
      append_side: "left",
    };
    const model = buildModel(registry, node);
    const values = model.initialise(key());
    const dict = model.forward(values, new Map([["image", tf.ones([1, 3, 4, 4])]]));
    expect((dict.get("tokens") as tf.Tensor).shape).toEqual([1, 4, 4]);
    const marked = tf.squeeze(tf.slice(dict.get("registers_mask") as tf.Tensor, [0, 0, 0], [1, 4, 1])).dataSync();
    expect([...marked]).toEqual([1, 1, 0, 0]);
    const first = tf.slice(dict.get("tokens") as tf.Tensor, [0, 0, 0], [1, 2, 4]);
    expect(tf.max(tf.abs(tf.sub(first, values.get("registers") as tf.Tensor))).dataSync()[0]).toBe(0);
  });
});
