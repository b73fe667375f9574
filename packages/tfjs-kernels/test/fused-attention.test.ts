/** Fused attention in stock ops against a plain loop in double precision, whose gradients are central differences. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { counterUniform, fusedAttention, registerGradients } from "../src/index.ts";

beforeAll(async () => {
  registerGradients();
  await tf.setBackend("cpu");
});

interface Case {
  readonly name: string;
  readonly sizes: readonly [B: number, H: number, G: number, N: number, M: number, d: number];
  readonly causal?: boolean;
  readonly scale?: number;
  /** Probability of dropout. */
  readonly drop?: number;
  readonly mask?: { readonly shape: number[]; readonly values: readonly (number | boolean)[] };
}

const numbers = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed));

const bool = (shape: number[], shown: (i: number) => boolean) => ({
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => shown(i)),
});

const cases: Case[] = [
  { name: "full", sizes: [2, 2, 2, 3, 3, 4] },
  { name: "causal", sizes: [1, 2, 2, 4, 4, 3], causal: true },
  { name: "causal with more keys than queries", sizes: [1, 1, 1, 2, 4, 3], causal: true },
  { name: "cross lengths and a scale", sizes: [2, 2, 2, 2, 5, 3], scale: 0.7 },
  { name: "grouped key/value heads", sizes: [1, 4, 2, 3, 3, 2] },
  { name: "one key/value head, causal", sizes: [1, 3, 1, 3, 3, 2], causal: true },
  { name: "bool mask", sizes: [2, 2, 1, 3, 3, 2], mask: bool([2, 1, 3, 3], (i) => i % 3 !== 1) },
  { name: "padding mask of rank 2", sizes: [1, 2, 2, 2, 4, 2], mask: bool([1, 4], (i) => i < 3) },
  { name: "bool mask with empty rows", sizes: [1, 2, 2, 3, 3, 2], mask: bool([1, 1, 3, 3], (i) => i > 2 && i !== 4) },
  {
    name: "bool mask that leaves nothing of a causal row",
    sizes: [1, 1, 1, 3, 3, 2],
    causal: true,
    mask: bool([3, 3], (i) => i % 3 !== 0),
  },
  { name: "float bias", sizes: [2, 2, 2, 3, 3, 2], mask: { shape: [1, 2, 3, 3], values: numbers(18, 9) } },
  { name: "float bias per key", sizes: [2, 2, 1, 3, 2, 2], mask: { shape: [2, 1, 1, 2], values: numbers(4, 9) } },
  {
    name: "float bias that hides, and an empty row",
    sizes: [1, 1, 1, 3, 3, 2],
    mask: { shape: [3, 3], values: [-Infinity, -Infinity, -Infinity, 0, -Infinity, 1, -1e30, 0, -3.4e38] },
  },
  { name: "dropout, grouped heads", sizes: [2, 4, 2, 3, 3, 2], drop: 0.3 },
  {
    name: "dropout, causal, with an empty row",
    sizes: [1, 2, 2, 3, 3, 2],
    causal: true,
    drop: 0.5,
    mask: bool([3, 3], (i) => i > 2),
  },
  {
    name: "dropout under a float bias",
    sizes: [2, 2, 2, 3, 3, 2],
    drop: 0.25,
    mask: { shape: [1, 2, 3, 3], values: numbers(18, 9) },
  },
  { name: "dropout of everything", sizes: [1, 1, 1, 3, 3, 2], drop: 1 },
];

const stream = [5, 6] as const;
const randomKey = () => tf.tensor1d([1, 2], "int32");

/** What dropout multiplies every probability by; nothing without dropout. */
function dropped({ sizes: [B, H, , N, M], drop }: Case): number[] {
  if (drop === undefined) return [];
  const uniform = counterUniform(randomKey(), { shape: [B, H, N, M], stream }).dataSync();
  return Array.from(uniform, (u) => (u < 1 - drop ? 1 / (1 - drop) : 0));
}

/** sum(o * weights) of plain attention. */
function reference(c: Case, q: number[], k: number[], v: number[], bias: number[], weights: number[]): number {
  const [B, H, G, N, M, d] = c.sizes;
  const scale = c.scale ?? 1 / Math.sqrt(d);
  const shape = [...[1, 1, 1, 1].slice(c.mask?.shape.length ?? 4), ...(c.mask?.shape ?? [])];
  const at = (place: number[]) => place.reduce((index, p, i) => index * (shape[i] ?? 1) + (shape[i] === 1 ? 0 : p), 0);
  const factors = dropped(c);
  let total = 0;
  for (let b = 0; b < B; b++)
    for (let h = 0; h < H; h++)
      for (let n = 0; n < N; n++) {
        const query = ((b * H + h) * N + n) * d;
        const keys = (b * G + Math.floor(h / (H / G))) * M;
        const exps = Array.from({ length: M }, (_, m) => {
          const key = (keys + m) * d;
          const extra = c.mask === undefined ? 0 : (bias[at([b, h, n, m])] ?? 0);
          if ((c.causal === true && m > n) || extra <= -1e30) return 0;
          let dot = 0;
          for (let i = 0; i < d; i++) dot += (q[query + i] ?? 0) * (k[key + i] ?? 0);
          return Math.exp(dot * scale + extra);
        });
        const sum = exps.reduce((a, e) => a + e, 0);
        if (sum === 0) continue;
        for (let m = 0; m < M; m++)
          for (let i = 0; i < d; i++)
            total +=
              ((exps[m] ?? 0) / sum) *
              (factors[((b * H + h) * N + n) * M + m] ?? 1) *
              (v[(keys + m) * d + i] ?? 0) *
              (weights[query + i] ?? 0);
      }
  return total;
}

function differences(f: (x: number[]) => number, x: number[]): number[] {
  const step = 1e-4;
  return x.map((value, i) => {
    if (!Number.isFinite(value) || value <= -1e30) return 0;
    const moved = (delta: number) => f(x.map((other, j) => (j === i ? value + delta : other)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

const close = (got: ArrayLike<number>, expected: readonly number[]) => {
  expect(got.length).toBe(expected.length);
  expected.forEach((e, i) => expect(Math.abs((got[i] ?? NaN) - e)).toBeLessThan(2e-5 * (1 + Math.abs(e))));
};

describe.each(cases)("$name", (c) => {
  const [B, H, G, N, M, d] = c.sizes;
  const [q, k, v] = [numbers(B * H * N * d, 1), numbers(B * G * M * d, 2), numbers(B * G * M * d, 3)];
  const weights = numbers(B * H * N * d, 4);
  const isFloat = typeof c.mask?.values[0] === "number";
  const bias = (c.mask?.values ?? []).map((x) => (typeof x === "number" ? x : x ? 0 : -Infinity));
  const dropout = () => (c.drop === undefined ? undefined : { probability: c.drop, stream, key: randomKey() });
  const loss = (q_: tf.Tensor, k_: tf.Tensor, v_: tf.Tensor, mask?: tf.Tensor) => {
    const o = fusedAttention(q_, k_, v_, { causal: c.causal, scale: c.scale, mask, dropout: dropout() });
    return tf.sum(tf.mul(o, tf.tensor(weights, [B, H, N, d])));
  };
  const tensors = () => [tf.tensor(q, [B, H, N, d]), tf.tensor(k, [B, G, M, d]), tf.tensor(v, [B, G, M, d])] as const;
  const givenMask = () => c.mask && tf.tensor(c.mask.values as boolean[], c.mask.shape, isFloat ? "float32" : "bool");

  it("gives the reference and its gradients", () => {
    close(loss(...tensors(), givenMask()).dataSync(), [reference(c, q, k, v, bias, weights)]);
    const grads = tf.grads((q_, k_, v_) => loss(q_, k_, v_, givenMask()))([...tensors()]);
    close(
      grads[0]?.dataSync() ?? [],
      differences((x) => reference(c, x, k, v, bias, weights), q),
    );
    close(
      grads[1]?.dataSync() ?? [],
      differences((x) => reference(c, q, x, v, bias, weights), k),
    );
    close(
      grads[2]?.dataSync() ?? [],
      differences((x) => reference(c, q, k, x, bias, weights), v),
    );
  });

  if (isFloat)
    it("differentiates by the bias", () => {
      const grad = tf.grad((mask) => loss(...tensors(), mask))(givenMask() as tf.Tensor);
      expect(grad.shape).toEqual(c.mask?.shape);
      close(
        grad.dataSync(),
        differences((x) => reference(c, q, k, v, x, weights), bias),
      );
    });
});
