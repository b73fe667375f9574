import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { buildModel, corePlugin, drawParam, evalContext, type Model, Registry } from "@l3m/core";
import { sincosTable2d } from "@l3m/core/nn";
import textEmbed from "@l3m/text-embed";

const registry = new Registry([corePlugin, textEmbed]);
beforeAll(async () => void (await tf.setBackend("cpu")));
const key = (): tf.Tensor => tf.tensor1d([7, 8], "int32");
const ids = (rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, "int32");

function statistics({ params }: Model, path: string): { std: number; max: number } {
  const spec = params.find((candidate) => candidate.path === path);
  if (spec === undefined) return { std: NaN, max: NaN };
  const drawn = drawParam(spec.init, key(), spec.path, spec.shape);
  return { std: Math.sqrt(tf.moments(drawn).variance.dataSync()[0] ?? NaN), max: tf.max(drawn).dataSync()[0] ?? NaN };
}

describe("cls-text-preprocessor", () => {
  const node = {
    block: "text-embed/cls-text-preprocessor",
    read_key: "text",
    write_key: "tokens",
    vocab_size: 500,
    embed_dim: 64,
  };

  it("starts from the distributions of ml-l3m's CLIP", () => {
    const model = buildModel(registry, node);
    expect(statistics(model, "positional_embedding").std).toBeCloseTo(0.01, 3);
    expect(statistics(model, "text_embedding.weight").std).toBeCloseTo(0.02, 3);
    expect(statistics(buildModel(registry, { ...node, cls_token_init: "zeros" }), "cls_token").max).toBe(0);
    expect(
      statistics(buildModel(registry, { ...node, init_style: "sparse_transformer" }), "text_embedding.weight").std,
    ).toBeCloseTo(0.125 / 8, 3);
  });

  it("has a fixed table with a zero row for the class token, not trained", () => {
    const model = buildModel(registry, { ...node, pos_embed_type: "sincos", context_length: 5 });
    const table = model.params.find(({ path }) => path === "positional_embedding");
    expect(table).toMatchObject({ shape: [6, 64], trainable: false });
    const values = model.initialise(key());
    expect([...(values.get("positional_embedding") as tf.Tensor).dataSync()]).toEqual([
      ...sincosTable2d(64, [5, 1], true),
    ]);
  });

  it("reads a prompt alone in generation mode, and only there", () => {
    const model = buildModel(registry, node);
    const values = model.initialise(key());
    const dict = () => new Map([["prompt", ids([[1, 2]])]]);
    expect((model.forward(values, dict(), evalContext({ generate: true })).get("tokens") as tf.Tensor).shape).toEqual([
      1, 3, 64,
    ]);
    expect(() => model.forward(values, dict())).toThrow(/generation mode/);
    expect(() => model.forward(values, new Map())).toThrow(/reads "text"/);
    expect(() => buildModel(registry, { ...node, read_key: undefined })).toThrow(/read_key/);
  });
});

describe("text-preprocessor", () => {
  const node = {
    block: "text-embed/text-preprocessor",
    read_key: "text",
    write_key: "tokens",
    vocab_size: 400,
    embed_dim: 32,
    context_length: 4,
    pos_embed_type: "absolute",
  };

  it("starts from U(-0.1, 0.1) tokens and N(0, 0.02^2) positions", () => {
    const model = buildModel(registry, { ...node, context_length: 200 });
    expect(statistics(model, "embedding.weight").std).toBeCloseTo(0.1 / Math.sqrt(3), 2);
    expect(statistics(model, "embedding.weight").max).toBeLessThanOrEqual(0.1);
    expect(statistics(model, "pos_embed").std).toBeCloseTo(0.02, 3);
  });

  it("multiplies the embeddings, not the positions, by sqrt(D) where a head shares the table", () => {
    const values = buildModel(registry, node).initialise(key());
    const dict = () => new Map([["text", ids([[3, 9, 1]])]]);
    const tokens = (options: object): Float32Array =>
      (
        buildModel(registry, { ...node, ...options })
          .forward(values, dict())
          .get("tokens") as tf.Tensor
      ).dataSync() as Float32Array;
    const table = (values.get("embedding.weight") as tf.Tensor).dataSync();
    const [plain, scaled] = [tokens({}), tokens({ scale_embedding: true })];
    for (const [place, id] of [3, 9].entries()) {
      for (let d = 0; d < 32; d++) {
        const added = (Math.sqrt(32) - 1) * (table[id * 32 + d] as number);
        expect(scaled[place * 32 + d]).toBeCloseTo((plain[place * 32 + d] as number) + added, 5);
      }
    }
  });

  it("drops the label except in generation, and refuses text longer than its table", () => {
    const model = buildModel(registry, node);
    const values = model.initialise(key());
    const run = (N: number, generate = false): tf.Tensor =>
      model
        .forward(values, new Map([["text", tf.zeros([1, N], "int32")]]), evalContext({ generate }))
        .get("tokens") as tf.Tensor;
    expect(run(5).shape).toEqual([1, 4, 32]);
    expect(run(4, true).shape).toEqual([1, 4, 32]);
    expect(() => run(6)).toThrow(/longer than the position table/);
  });
});
