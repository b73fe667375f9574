import { build, corePlugin, definePlugin, defineTokenizer, type HostArray, type Metric, Registry } from "@l3m/core";
import clipLoss from "@l3m/clip-loss";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";

const registry = new Registry([corePlugin, clipLoss]);

function metric(node: { [key: string]: unknown }): Metric {
  return build(registry, "metric", node).product;
}

function rows(values: readonly (readonly number[])[]): HostArray {
  return { data: Float32Array.from(values.flat()), shape: [values.length, values[0]?.length ?? 0] };
}

/** Recall by sorting: the true one goes behind everything that scores the same. */
function recallBySorting(
  queries: readonly (readonly number[])[],
  answers: readonly (readonly number[])[],
  k: number,
): number {
  const score = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, x, e) => sum + x * (b[e] as number), 0);
  const found = queries.filter((query, i) => {
    const order = answers
      .map((_, j) => j)
      .sort(
        (a, b) => score(query, answers[b] ?? []) - score(query, answers[a] ?? []) || (a === i ? 1 : b === i ? -1 : 0),
      );
    return order.indexOf(i) < k;
  });
  return (100 * found.length) / queries.length;
}

const embedding = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }); // small integers, so that ties are common
const pairs = fc.array(fc.tuple(embedding, embedding), { minLength: 1, maxLength: 25 });

describe("retrieval", () => {
  const options = { metric: "clip-loss/retrieval", ks: [1, 2, 10] };

  it("agrees with sorting, with ties against the model, however the data set is cut into batches", () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 7 }), (data, size) => {
        const run = metric(options).start();
        for (let i = 0; i < data.length; i += size) {
          const batch = data.slice(i, i + size);
          run.update({
            image_embed: rows(batch.map(([image]) => image)),
            text_embed: rows(batch.map(([, text]) => text)),
          });
        }
        const result = run.result() as Record<string, number>;
        const [images, texts] = [data.map(([image]) => image), data.map(([, text]) => text)];
        for (const k of options.ks) {
          expect(result[`i2t_r${k}`]).toBeCloseTo(recallBySorting(images, texts, k), 10);
          expect(result[`t2i_r${k}`]).toBeCloseTo(recallBySorting(texts, images, k), 10);
        }
      }),
    );
  });

  it("gives a collapsed model nothing", () => {
    const run = metric({ metric: "clip-loss/retrieval" }).start();
    const same = rows(Array.from({ length: 20 }, () => [1, 2, 3]));
    run.update({ image_embed: same, text_embed: same });
    expect(run.result()).toEqual({ i2t_r1: 0, i2t_r5: 0, i2t_r10: 0, t2i_r1: 0, t2i_r5: 0, t2i_r10: 0 });
  });

  it("does not change when image embeddings are scaled", () => {
    const data = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(i * i)]);
    const texts = data.map((row, i) => row.map((x, e) => x + 0.8 * Math.sin(7 * i + e)));
    const result = (factor: number): unknown => {
      const run = metric({ metric: "clip-loss/retrieval" }).start();
      run.update({ image_embed: rows(data.map((row) => row.map((x) => x * factor))), text_embed: rows(texts) });
      return run.result();
    };
    expect(result(64)).toEqual(result(1));
  });

  it("refuses embeddings that are no vectors", () => {
    const run = metric({ metric: "clip-loss/retrieval" }).start();
    const image = { data: new Float32Array(12), shape: [2, 3, 2] };
    expect(() => run.update({ image_embed: image, text_embed: image })).toThrow(/one vector per sample/);
  });
});

describe("zero-shot", () => {
  const node = { metric: "clip-loss/zero-shot", ks: [1, 2] };
  const target = (classes: number[]): HostArray => ({ data: Int32Array.from(classes), shape: [classes.length] });

  it("classifies by the mean text vector of each class", () => {
    const run = metric(node).start();
    const texts = [
      [1, 0, 0],
      [0.8, 0.1, 0],
      [0, 1, 0],
      [0, 0, 3],
    ];
    const images = [
      [2, 0, 0],
      [0, 5, 0],
      [0, 1, 0.5],
      [0, 0, 1],
    ];
    run.update({ image_embed: rows(images), text_embed: rows(texts), target: target([7, 7, 3, 5]) });
    expect(run.result()).toEqual({ zero_shot_top_1: 75, zero_shot_top_2: 100 }); // the second image looks like class 3, then like 7
  });

  it("counts ties against the model", () => {
    const run = metric(node).start();
    const same = rows([
      [1, 1, 0],
      [1, 1, 0],
    ]);
    run.update({ image_embed: same, text_embed: same, target: target([0, 1]) });
    expect(run.result()).toEqual({ zero_shot_top_1: 0, zero_shot_top_2: 100 });
  });
});

describe("clip-accuracy", () => {
  const tokenizer = (rows: boolean) =>
    defineTokenizer({
      name: "codes",
      summary: "Character codes.",
      options: z.strictObject({}),
      build: () => ({
        vocabSize: 65_536,
        fingerprint: "codes",
        encode: (text) => [...text].map((letter) => letter.charCodeAt(0)),
        decode: (ids) => String.fromCharCode(...ids),
        ...(rows ? { rows: (texts: readonly string[]) => texts.map((text) => [text.length, text.charCodeAt(0)]) } : {}),
      }),
    });
  const queries = (options: { [key: string]: unknown }, rows = true) =>
    build(
      new Registry([corePlugin, clipLoss, definePlugin({ namespace: "test", provides: [tokenizer(rows)] })]),
      "metric",
      { metric: "clip-loss/clip-accuracy", tokenizer: "test/codes", class_names: ["owl", "sea"], ...options },
    ).product.queries?.();

  it("asks the text model about every name in every prompt, prompt by prompt", () => {
    const asked = queries({ templates: ["{}", "the {}, a $& {}"] });
    expect(asked).toMatchObject({ model: "text_encoder", reads: "text_embed" });
    const starts = [..."ost"].map((letter) => letter.charCodeAt(0));
    expect(asked?.inputs["text"]?.shape).toEqual([4, 2]);
    expect([...(asked?.inputs["text"]?.data ?? [])]).toEqual([
      3,
      starts[0],
      3,
      starts[1],
      17,
      starts[2],
      17,
      starts[2],
    ]);
    expect(queries({})?.inputs["text"]?.shape).toEqual([14, 2]);
    expect(queries({ templates: "clip-loss/imagenet-templates" })?.inputs["text"]?.shape).toEqual([160, 2]);
  });

  it("averages directions, however long the embeddings are", () => {
    const answers = rows([
      [9, 0],
      [0, 2],
      [0, 0.1],
      [0, 5],
    ]);
    const vectors = queries({ templates: ["{}", "the {}"] })?.prepare(answers);
    expect(vectors?.shape).toEqual([2, 2]);
    for (const [i, value] of [Math.SQRT1_2, Math.SQRT1_2, 0, 1].entries())
      expect(vectors?.data[i]).toBeCloseTo(value, 6);
  });

  it("refuses a tokenizer without rows, prompts without a place for the name, and names in a file without @l3m/data", () => {
    expect(() => queries({}, false)).toThrow(/rows of one length/);
    expect(() => queries({ templates: ["a photo"] })).toThrow(/templates/);
    expect(() => queries({ class_names: "names.txt" })).toThrow(/npm install @l3m\/data/);
  });
});
