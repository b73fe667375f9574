/** Cross-entropy in stock ops against torch's `F.cross_entropy(reduction="none")`, written out in double precision. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  castPrecision,
  physicalDtype,
  registerGradients,
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyAttrs,
} from "../src/index.ts";
import { expectValues, numbers, numericGradient } from "./numeric-gradient.ts";

beforeAll(async () => {
  registerGradients();
  await tf.setBackend("cpu");
});

/** torch: (1 - e) nll + e mean over classes of -log p; PaLM: zLoss log(Z)^2; 0 where ignored. */
function formula(z: readonly number[], labels: readonly number[], attrs: SoftmaxCrossEntropyAttrs): number[] {
  const V = z.length / labels.length;
  return labels.map((label, n) => {
    if (label === attrs.ignoreIndex) return 0;
    const row = z.slice(n * V, n * V + V);
    const peak = Math.max(...row);
    const logZ = peak + Math.log(row.reduce((sum, value) => sum + Math.exp(value - peak), 0));
    const nll = logZ - (row[label] ?? NaN);
    const uniform = row.reduce((sum, value) => sum + (logZ - value) / V, 0);
    return (1 - attrs.labelSmoothing) * nll + attrs.labelSmoothing * uniform + attrs.zLoss * logZ ** 2;
  });
}

const PLAIN: SoftmaxCrossEntropyAttrs = { ignoreIndex: null, labelSmoothing: 0, zLoss: 0 };
const CASES: readonly { name: string; labels: readonly number[]; attrs: SoftmaxCrossEntropyAttrs; scale?: number }[] = [
  { name: "nothing else", labels: [0, 6, 3, 2], attrs: PLAIN },
  { name: "ignored rows", labels: [-100, 6, -100, 2], attrs: { ...PLAIN, ignoreIndex: -100 } },
  { name: "an ignored class", labels: [0, 6, 0, 2], attrs: { ...PLAIN, ignoreIndex: 0 } },
  { name: "nothing but ignored rows", labels: [1, 1], attrs: { ...PLAIN, ignoreIndex: 1 } },
  { name: "label smoothing", labels: [0, 6, 3, 2], attrs: { ...PLAIN, labelSmoothing: 0.1 } },
  { name: "complete smoothing", labels: [0, 6, 3, 2], attrs: { ...PLAIN, labelSmoothing: 1 } },
  { name: "z-loss", labels: [0, 6, 3, 2], attrs: { ...PLAIN, zLoss: 0.05 } },
  { name: "all together", labels: [5, -1, 3, -1], attrs: { ignoreIndex: -1, labelSmoothing: 0.2, zLoss: 0.01 } },
  { name: "wide logits", labels: [0, 6, 3, 2], attrs: { ...PLAIN, labelSmoothing: 0.1 }, scale: 30 },
];

describe.each(CASES)("softmaxCrossEntropy with $name", ({ labels, attrs, scale = 3 }) => {
  it("has the value and the gradient of its formula", () => {
    const N = labels.length;
    const z = numbers(7 * N, 1).map((value) => scale * value);
    const dy = numbers(N, 2);
    const targets = tf.tensor1d([...labels], "int32");
    expectValues(softmaxCrossEntropy(tf.tensor(z, [N, 7]), targets, attrs), formula(z, labels, attrs), 2e-6);
    const gradient = tf.grad((v) => tf.sum(tf.mul(softmaxCrossEntropy(v, targets, attrs), tf.tensor1d(dy))))(
      tf.tensor(z, [N, 7]),
    );
    const objective = (v: readonly number[]) =>
      formula(v, labels, attrs).reduce((sum, loss, n) => sum + loss * (dy[n] ?? 0), 0);
    expectValues(gradient, numericGradient(objective, z), 1e-5);
  });
});

it("does not overflow, and an ignored row is 0 whatever it holds", () => {
  const z = tf.tensor2d([
    [1e4, -1e4, 0],
    [-3e38, 3e38, 0],
    [NaN, Infinity, 1],
  ]);
  const labels = tf.tensor1d([1, 1, -100], "int32");
  const attrs = { ...PLAIN, ignoreIndex: -100 };
  expect(Array.from(softmaxCrossEntropy(z, labels, attrs).dataSync())).toEqual([2e4, 0, 0]);
  const gradient = tf.grad((v) => tf.sum(softmaxCrossEntropy(v, labels, attrs)))(z);
  expect(Array.from(gradient.dataSync(), (value) => value + 0)).toEqual([1, -1, 0, 0, 0, 0, 0, 0, 0]);
});

it("losses are f32 and the gradient has the format of the logits", () => {
  const z = castPrecision(tf.tensor(numbers(12, 1), [3, 4]), "bf16");
  const loss = (v: tf.Tensor) => softmaxCrossEntropy(v, tf.tensor1d([1, 2, 3], "int32"), PLAIN);
  expect([physicalDtype(loss(z)), physicalDtype(tf.grad((v) => tf.sum(loss(v)))(z))]).toEqual(["f32", "bf16"]);
});
