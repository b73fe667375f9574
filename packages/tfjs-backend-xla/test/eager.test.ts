/** Lazy eager reads: what runs, what is kept, what is freed. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { distance, expectParity, floats, withEngine } from "./with-engine.ts";

const engine = withEngine();
const read = (t: tf.Tensor) => Array.from(t.dataSync());
const liveBuffers = () => engine().memory().liveBuffers;

it("computes on the first read and keeps what was computed on the way", async () => {
  const x = floats([4]);
  const y = tf.mul(x, 3);
  const z = tf.add(y, 1);
  expect(liveBuffers()).toBe(0);
  expect(
    distance(
      Array.from(await z.data()),
      read(x).map((v) => 3 * v + 1),
    ),
  ).toBeLessThan(1e-6);
  const after = liveBuffers();
  expect(
    distance(
      read(y),
      read(x).map((v) => 3 * v),
    ),
  ).toBeLessThan(1e-6);
  expect(liveBuffers()).toBe(after);
  tf.dispose([x, y, z]);
});

it("frees every buffer when the tensors go", () => {
  const start = liveBuffers();
  tf.tidy(() => {
    const a = floats([8, 8]);
    const b = tf.tanh(tf.matMul(a as tf.Tensor2D, a as tf.Tensor2D));
    b.dataSync();
    tf.add(b, 1).dataSync();
    tf.mul(b, 2);
  });
  expect(liveBuffers()).toBe(start);
});

it("keeps the data of disposed tensors for results that were not computed yet", () => {
  const start = liveBuffers();
  const x = floats([4]);
  const expected = read(x).map((v) => Math.exp(v));
  const y = tf.exp(x);
  const twice = tf.add(y, y);
  read(y);
  tf.dispose([x, y]);
  expect(
    distance(
      read(twice),
      expected.map((v) => 2 * v),
    ),
  ).toBeLessThan(1e-6);
  twice.dispose();
  expect(liveBuffers()).toBe(start);
});

it("trains eagerly for 200 steps without growing", async () => {
  const w = tf.variable(floats([4, 2]));
  const x = floats([8, 4], 2);
  const optimizer = tf.train.sgd(0.05);
  const counts: number[] = [];
  const losses: number[] = [];
  for (let i = 0; i < 200; i++) {
    const loss = optimizer.minimize(
      () => tf.mean(tf.square(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))) as tf.Scalar,
      true,
      [w],
    ) as tf.Scalar;
    losses.push((await loss.data())[0] as number);
    loss.dispose();
    if (i > 2) counts.push(liveBuffers());
  }
  expect(losses[199]).toBeLessThan((losses[0] as number) * 0.01);
  expect(new Set(counts).size).toBe(1);
  tf.dispose([w, x]);
});

it("reads several tensors of different dtypes and shapes of one data", async () => {
  const x = tf.tensor2d([
    [1, 0],
    [2, 3],
  ]);
  const [flat, truth, whole] = [tf.reshape(x, [4]), tf.cast(x, "bool"), tf.cast(x, "int32")];
  expect(
    await Promise.all([flat.data(), truth.data(), whole.data()].map(async (values) => Array.from(await values))),
  ).toEqual([
    [1, 0, 2, 3],
    [1, 0, 1, 1],
    [1, 0, 2, 3],
  ]);
  expect(read(tf.add(flat, 1))).toEqual([2, 1, 3, 4]);
});

it("takes tensors of other backends", () => {
  void tf.setBackend("cpu");
  const x = tf.tensor1d([1, 2]);
  void tf.setBackend("xla");
  expect(read(tf.add(x, 1))).toEqual([2, 3]);
});

it("has the gradients of composite functions", () => {
  const attention = (x: tf.Tensor) => {
    const [q, k, v] = tf.split(x, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    return tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), 0.5)), v);
  };
  const layerNorm = (x: tf.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  };
  const gelu = (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2))));
  const picked = (x: tf.Tensor) =>
    tf.neg(tf.sum(tf.mul(tf.oneHot(tf.tensor1d([1, 0, 2, 3], "int32"), 12), tf.logSoftmax(x))));
  for (const fn of [attention, layerNorm, gelu, picked])
    expectParity(() => tf.grad((x) => tf.sum(tf.mul(fn(x), tf.add(1, fn(x)))))(floats([4, 12])), 1e-4);
  const conv = (pad: "same" | "valid", strides: number) => () =>
    tf.grads((x, w) => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad))))([
      floats([1, 8, 8, 2]),
      floats([3, 3, 2, 3], 2),
    ]);
  expectParity(conv("same", 2), 1e-4);
  expectParity(conv("valid", 1), 1e-4);
  expectParity(() =>
    tf.grad((x) => tf.sum(tf.square(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"))))(floats([1, 6, 6, 2])),
  );
});
