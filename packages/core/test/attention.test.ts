/** attention(): dropout of its probabilities against plain ops, and what it refuses. */
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { evalContext, isL3mError } from "@l3m/core";
import { attention, type AttentionOptions } from "@l3m/core/nn";

beforeAll(async () => void (await tf.setBackend("cpu")));

const waves = (shape: number[], seed: number) =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1.7 * i + seed)),
    shape,
  );
const seen = (shape: number[]) =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i > 4 && i % 3 !== 1),
    shape,
    "bool",
  );
const inputs = () => [waves([2, 4, 5, 3], 1), waves([2, 2, 5, 3], 2), waves([2, 2, 5, 3], 3)] as const;

describe("with dropout", () => {
  /** The same in plain ops, with gradients from the tape. */
  function composed(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, allowed: tf.Tensor, factors: tf.Tensor): tf.Tensor {
    const perHead = (x: tf.Tensor) =>
      tf.stack(
        [0, 0, 1, 1].map((g) => tf.gather(x, g, 1)),
        1,
      );
    const scores = tf.div(tf.matMul(q, perHead(k), false, true), Math.sqrt(3));
    const weights = tf.softmax(tf.where(allowed, scores, -1e30));
    return tf.matMul(tf.mul(weights, factors), perHead(v));
  }

  it.each<[string, boolean, () => tf.Tensor]>([
    ["everything", false, () => tf.onesLike(seen([2, 4, 5, 5]))],
    ["the past", true, () => tf.tile(tf.linalg.bandPart(tf.onesLike(seen([1, 1, 5, 5])), -1, 0), [2, 4, 1, 1])],
  ])("drops probabilities of %s by the numbers of its rng", (_, causal, allowed) => {
    const { rng } = evalContext({ train: true });
    const factors = tf.mul(tf.cast(rng.keep("attention", [2, 4, 5, 5], 0.75), "float32"), 1 / 0.75);
    const [fused, plain] = [
      (...[q, k, v]: tf.Tensor[]) =>
        attention(q as tf.Tensor, k as tf.Tensor, v as tf.Tensor, { causal, dropout: { probability: 0.25, rng } }),
      (...[q, k, v]: tf.Tensor[]) => composed(q as tf.Tensor, k as tf.Tensor, v as tf.Tensor, allowed(), factors),
    ].map((f) => {
      const { value, grads } = tf.valueAndGrads(f)([...inputs()], waves([2, 4, 5, 3], 9));
      return [value, ...grads].flatMap((t) => Array.from(t.dataSync()));
    });
    plain?.forEach((x, i) => expect(fused?.[i]).toBeCloseTo(x, 5));
  });
});

describe("what does not fit", () => {
  it.each<[string, number[][], AttentionOptions, string]>([
    [
      "heads",
      [
        [1, 3, 2, 4],
        [1, 2, 2, 4],
        [1, 2, 2, 4],
      ],
      {},
      "[1,3,2,4], [1,2,2,4]",
    ],
    [
      "rank",
      [
        [3, 2, 4],
        [3, 2, 4],
        [3, 2, 4],
      ],
      {},
      "[3,2,4]",
    ],
    [
      "lengths",
      [
        [1, 2, 2, 4],
        [1, 2, 3, 4],
        [1, 2, 2, 4],
      ],
      {},
      "[1,2,3,4], [1,2,2,4]",
    ],
  ])("is an error: %s", (_, shapes, options, got) => {
    const [q, k, v] = shapes.map((shape) => tf.zeros(shape)) as [tf.Tensor, tf.Tensor, tf.Tensor];
    expect(() => attention(q, k, v, options)).toThrow(got);
  });

  it("is an error: the mask", () => {
    const x = tf.zeros([1, 2, 4, 8]);
    for (const mask of [tf.zeros([4, 3]), tf.zeros([4, 4], "int32"), tf.zeros([1, 1, 1, 4, 4])]) {
      const attempt = () => attention(x, x, x, { mask });
      expect(attempt).toThrow("[1,2,4,4]");
      try {
        attempt();
      } catch (error) {
        expect(isL3mError(error) && error.code).toBe("L3M_BAD_SHAPE");
      }
    }
  });
});
