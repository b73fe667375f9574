import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { buildModel, corePlugin, type DataDict, evalContext, Registry, walkKeyFlow } from "@l3m/core";
import textEmbed from "@l3m/text-embed";

const registry = new Registry([corePlugin, textEmbed]);
beforeAll(async () => void (await tf.setBackend("cpu")));

const IMAGE = 7;
const node = {
  block: "text-embed/vision-and-text-preprocessor",
  vision_read_key: "image",
  text_read_key: "words",
  write_key: "all",
  vision_preprocessor: {
    block: "core/generic-block",
    module: "core/generic-identity",
    read_key: "pixels",
    write_key: "image",
  },
  text_preprocessor: {
    block: "text-embed/text-preprocessor",
    read_key: "text",
    write_key: "words",
    vocab_size: 10,
    embed_dim: 2,
    context_length: 8,
    drop_last: false,
  },
};

/** First feature of every token: `1000 + k` for the k-th vision token, ten times the id for a word. */
function merge(options: Record<string, unknown>, text: number[][], images: number, extra: DataDict = new Map()) {
  const model = buildModel(registry, { ...node, ...options });
  const values = new Map(model.initialise(tf.tensor1d([1, 2], "int32")));
  const table = tf.tensor2d(Array.from({ length: 10 }, (_, id) => [10 * id, 0]));
  values.set("text_preprocessor.embedding.weight", table);
  const pixels = tf.tensor3d(text.map((_, b) => Array.from({ length: images }, (_, k) => [1000 + b * images + k, 0])));
  const dict: DataDict = new Map([
    ["pixels", pixels],
    ["text", tf.tensor2d(text, undefined, "int32")],
    ["image_token_id", tf.tensor1d([IMAGE], "int32")],
    ...extra,
  ]);
  const tokens = model.forward(values, dict).get("all") as tf.Tensor;
  return (tokens.arraySync() as number[][][]).map((row) => row.map(([first]) => first));
}

describe("vision-and-text-preprocessor", () => {
  it("puts one after the other", () => {
    expect(merge({}, [[1, 2]], 2)).toEqual([[1000, 1001, 10, 20]]);
    expect(merge({ merge_protocol: "text||vision" }, [[1, 2]], 2)).toEqual([[10, 20, 1000, 1001]]);
    expect(merge({ merge_protocol: "text" }, [[1, 2]], 2)).toEqual([[10, 20]]);
  });

  const replace = { merge_protocol: "replace_image_token" };

  it("replaces placeholders, passing over samples without an image", () => {
    const text = [
      [IMAGE, 1, IMAGE],
      [1, 2, 3],
      [4, IMAGE, IMAGE],
    ];
    expect(merge(replace, text, 2)).toEqual([
      [1000, 10, 1001],
      [10, 20, 30],
      [40, 1004, 1005],
    ]);
  });

  it("replaces as many as there are of both", () => {
    expect(merge(replace, [[IMAGE, IMAGE, IMAGE]], 2)).toEqual([[1000, 1001, 70]]);
    expect(merge(replace, [[1, IMAGE, 2]], 2)).toEqual([[10, 1000, 20]]);
    const nobody: DataDict = new Map([["nonpad_images_mask", tf.tensor1d([false], "bool")]]);
    expect(merge(replace, [[1, IMAGE, 2]], 2, nobody)).toEqual([[10, 70, 20]]);
  });

  it("says which keys it reads and writes", () => {
    const { root } = buildModel(registry, { ...node, ...replace });
    const { findings, keys } = walkKeyFlow("", root.flow(), ["pixels", "text"]);
    expect(findings).toEqual([]);
    expect([...keys]).toContain("all");
    expect(walkKeyFlow("", root.flow(), ["text"]).findings).toMatchObject([{ key: "pixels" }]);
  });

  it("has positions of its own, fixed ones too", () => {
    const model = buildModel(registry, { ...node, pos_embed_type: "sincos", embed_dim: 4, context_length: 6 });
    expect(model.params.find(({ path }) => path === "positional_embedding")).toMatchObject({
      shape: [6, 4],
      trainable: false,
    });
    expect(() => merge({ pos_embed_type: "absolute", embed_dim: 2, context_length: 3 }, [[1, 2]], 2)).toThrow(
      /position table/,
    );
  });

  it("refuses what cannot work", () => {
    const model = buildModel(registry, {
      ...node,
      vision_read_key: "pixels",
      vision_preprocessor: { ...node.vision_preprocessor, write_key: "pixels" },
    });
    expect(() => model.forward(new Map(), new Map(), evalContext({ generate: true }))).toThrow(/overwrite/);
    const noId = buildModel(registry, { ...node, ...replace });
    const dict: DataDict = new Map([
      ["pixels", tf.zeros([1, 1, 2])],
      ["text", tf.zeros([1, 2], "int32")],
    ]);
    expect(() => noId.forward(noId.initialise(tf.tensor1d([1, 2], "int32")), dict)).toThrow(/Placeholders/);
  });
});
