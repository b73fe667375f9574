/** attention(): with dropout the probabilities are a tensor of their own, and mean the same as in the kernel. */
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
  it.each<[string, () => AttentionOptions]>([
    ["everything", () => ({})],
    ["the past", () => ({ causal: true })],
    ["what a mask shows, or nothing", () => ({ mask: seen([1, 1, 5, 5]) })],
    ["the past that a mask shows, or nothing", () => ({ causal: true, mask: seen([2, 1, 5, 5]) })],
    ["with a bias", () => ({ scale: 2, mask: waves([1, 4, 5, 5], 4) })],
    ["what a bias leaves, or nothing", () => ({ mask: tf.where(seen([5, 5]), waves([5, 5], 4), -Infinity) })],
  ])("attends to %s as without", (_, options) => {
    const rng = evalContext().rng;
    const both = [undefined, { probability: 0, rng }].map((drop) =>
      tf.valueAndGrads((...[q, k, v]: tf.Tensor[]) =>
        attention(q as tf.Tensor, k as tf.Tensor, v as tf.Tensor, { ...options(), dropout: drop }),
      )([...inputs()]),
    );
    const [fused, composed] = both.map(({ value, grads }) =>
      [value, ...grads].flatMap((t) => Array.from(t.dataSync())),
    );
    composed?.forEach((x, i) => expect(fused?.[i]).toBeCloseTo(x, 5));
  });

  it("drops probabilities in training", () => {
    const { rng } = evalContext({ train: true });
    const [q, k] = inputs();
    const ones = tf.ones([2, 2, 5, 3]);
    const mixed = attention(q, k, ones, { dropout: { probability: 0.5, rng } });
    expect(new Set(mixed.dataSync()).size).toBeGreaterThan(10); // 1 everywhere without
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
