import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { buildModel, corePlugin, type DataDict, evalContext, type Model, ProposedState, Registry } from "@l3m/core";
import heads from "@l3m/heads";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

const registry = new Registry([corePlugin, heads]);
beforeAll(async () => void (await tf.setBackend("cpu")));

function head(options: { block: string; [key: string]: unknown }): Model {
  return buildModel(registry, { read_key: "x", write_key: "y", ...options });
}

function run(model: Model, dict: Record<string, tf.Tensor>, context = evalContext()): tf.Tensor {
  const filled: DataDict = new Map(Object.entries(dict));
  return model.forward(model.initialise(tf.tensor1d([1, 2], "int32")), filled, context).get("y") as tf.Tensor;
}

describe("masked mean", () => {
  const model = head({ block: "heads/masked-mean" });

  it("does not look at padding", () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.boolean()), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, (tokens) => {
        const kept = tokens.filter(([, keep]) => keep).map(([value]) => value);
        const mean = kept.length === 0 ? 0 : kept.reduce((a, b) => a + b) / kept.length;
        const x = tf.tensor3d([tokens.map(([value, keep]) => (keep ? [value, 2 * value] : [1e6, -1e6]))]);
        for (const dtype of ["bool", "int32"] as const) {
          const y = run(model, {
            x,
            text_mask: tf.tensor2d([tokens.map(([, keep]) => Number(keep))], undefined, dtype),
          });
          expect(y.shape).toEqual([1, 2]);
          expect(y.dataSync()[0]).toBeCloseTo(mean, 4);
          expect(y.dataSync()[1]).toBeCloseTo(2 * mean, 4);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("gives padding no gradient", () => {
    const mask = tf.tensor2d([[1, 1, 0]], [1, 3], "int32");
    const dx = tf.grad((x) => tf.sum(run(model, { x, text_mask: mask })))(tf.ones([1, 3, 1]));
    expect([...dx.dataSync()]).toEqual([0.5, 0.5, 0]);
  });
});

describe("selecting", () => {
  const x = tf.tidy(() => tf.reshape(tf.range(0, 24), [2, 4, 3]));

  it("keeps the batch axis of a single sample", () => {
    const one = tf.slice(x, [0, 0, 0], [1, 4, 3]);
    expect(
      run(head({ block: "heads/extract-eos", eos_token_id: 5 }), {
        x: one,
        text: tf.tensor2d([[1, 5, 5, 0]], [1, 4], "int32"),
      }).arraySync(),
    ).toEqual([[3, 4, 5]]);
  });

  it("reads a mask, or takes its count for compiled steps", () => {
    const m = tf.tensor2d(
      [
        [0, 1, 1, 0],
        [1, 0, 0, 1],
      ],
      [2, 4],
      "bool",
    );
    const counted = run(head({ block: "heads/select-tokens-with-mask", mask_read_key: "m" }), { x, m });
    const told = run(head({ block: "heads/select-tokens-with-mask", mask_read_key: "m", count: 2 }), { x, m });
    expect(counted.arraySync()).toEqual([
      [
        [3, 4, 5],
        [6, 7, 8],
      ],
      [
        [12, 13, 14],
        [21, 22, 23],
      ],
    ]);
    expect(told.arraySync()).toEqual(counted.arraySync());
    const uneven = tf.tensor2d(
      [
        [0, 1, 1, 1],
        [1, 0, 0, 1],
      ],
      [2, 4],
      "bool",
    );
    expect(() => run(head({ block: "heads/select-tokens-with-mask", mask_read_key: "m" }), { x, m: uneven })).toThrow(
      /different numbers/,
    );
  });

  it("takes masks of single features", () => {
    const m = tf.tensor3d(
      [
        [
          [1, 1, 1],
          [0, 0, 0],
        ],
      ],
      [1, 2, 3],
      "bool",
    );
    expect(
      run(head({ block: "heads/select-tokens-with-mask", mask_read_key: "m" }), {
        x: tf.tensor3d([
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
        ]),
        m,
      }).arraySync(),
    ).toEqual([[[1, 2, 3]]]);
  });

  it("names what is missing or impossible", () => {
    expect(() => head({ block: "heads/select-tokens", start: -1 })).toThrow(/start/);
    expect(() => run(head({ block: "heads/masked-mean" }), { x })).toThrow(/text_mask/);
    expect(() =>
      head({
        block: "heads/linear-classifier",
        in_features: 3,
        out_features: 2,
        weight_init_style: "fan_in_depth_scaled",
      }),
    ).toThrow(/encoder_num_blocks/);
  });
});

describe("linear classifier", () => {
  it("normalises by the batch in training, and by what it has seen in eval", () => {
    const model = head({ block: "heads/linear-classifier", in_features: 2, out_features: 2, use_batchnorm: true });
    const values = model.initialise(tf.tensor1d([1, 2], "int32"));
    values.set(
      "linear.weight",
      tf.tensor2d([
        [1, 0],
        [0, 1],
      ]),
    );
    const state = new ProposedState();
    const x = tf.tensor2d([
      [1, 10],
      [3, 30],
      [5, 20],
    ]);
    const y = model.forward(values, new Map([["x", x]]), evalContext({ train: true, state })).get("y") as tf.Tensor;
    expect([...tf.mean(y, 0).dataSync()].map(Math.abs)).toEqual([expect.closeTo(0, 5), expect.closeTo(0, 5)]);
    expect([...tf.mean(tf.square(y), 0).dataSync()]).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
    const now = (name: string): number[] => [...(state.proposed.get(name)?.dataSync() ?? [])];
    expect(now("bn.running_mean")).toEqual([expect.closeTo(0.3, 6), expect.closeTo(2, 6)]);
    expect(now("bn.running_var")).toEqual([expect.closeTo(0.9 + 0.4, 5), expect.closeTo(0.9 + 10, 5)]); // unbiased: 4 and 100
    expect(now("bn.num_batches_tracked")).toEqual([1]);
    const untouched = model.forward(values, new Map([["x", x]])).get("y") as tf.Tensor;
    expect([...untouched.dataSync()]).toEqual([...x.dataSync()].map((value) => expect.closeTo(value, 3) as number));
  });
});
