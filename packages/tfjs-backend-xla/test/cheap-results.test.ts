/** Cheap results are made again in the backward pass: the same gradients, and nothing cheap kept for a product. */
import * as tf from "@tensorflow/tfjs-core";
import { recomputingCheap, rmsNorm, swiGlu } from "@l3m/tfjs-kernels";
import { expect, it } from "vitest";
import { distance, floats, withEngine } from "./with-engine.ts";

const engine = withEngine();
const [tokens, width, hidden, depth] = [64, 16, 256, 6];

const linear = (x: tf.Tensor, weight: tf.Tensor) => tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D, false, true);

/** Layers of norm, gate and up, gated product, down, with a residual around them. */
const network = (x: tf.Tensor, gain: tf.Tensor, wide: tf.Tensor, down: tf.Tensor): tf.Scalar => {
  let y = x;
  for (let layer = 0; layer < depth; layer++) {
    const normed = rmsNorm(y, gain, 1e-5);
    y = tf.add(y, linear(swiGlu(linear(normed, wide), linear(normed, tf.neg(wide))), down));
  }
  return tf.sum(tf.square(y));
};
const inputs = () => [
  floats([tokens, width]),
  floats([width], 2),
  floats([hidden, width], 3, -0.3, 0.3),
  floats([width, hidden], 4, -0.3, 0.3),
];
const gradients = (wrap: (fn: () => tf.Scalar) => tf.Scalar) => (args: readonly tf.Tensor[]) =>
  tf.grads((x: tf.Tensor, g: tf.Tensor, w: tf.Tensor, d: tf.Tensor) => wrap(() => network(x, g, w, d)))([...args]);

it("gives the same gradients with less memory", () => {
  const [kept, again] = [engine().jit(gradients((fn) => fn())), engine().jit(gradients(recomputingCheap))];
  const expected = kept(inputs());
  again(inputs()).forEach((grad, i) =>
    expect(distance([...grad.dataSync()], [...(expected[i] as tf.Tensor).dataSync()])).toBeLessThan(1e-5),
  );
  const temp = (f: typeof kept): number => f.reports[0]?.memoryStats().tempBytes ?? 0;
  const arrayBytes = tokens * hidden * 4;
  expect(temp(kept) - temp(again)).toBeGreaterThan((depth - 2) * arrayBytes);
});

it("makes each result once, however many products need it", () => {
  const text = engine().jit(gradients(recomputingCheap)).lower(inputs());
  const fences = text.split("\n").filter((line) => line.includes("optimization_barrier"));
  expect(fences).toHaveLength(depth); // a gated product per layer; norms are kept
});

it("keeps two results of one gate apart", () => {
  const two = (wrap: (fn: () => tf.Scalar) => tf.Scalar) => (gate: tf.Tensor, up: tf.Tensor, w: tf.Tensor) =>
    tf.grads((g: tf.Tensor, u: tf.Tensor) =>
      wrap(() => tf.sum(tf.add(linear(swiGlu(g, u), w), tf.square(linear(swiGlu(g, tf.neg(u)), w))))),
    )([gate, up]);
  const args = [floats([8, 16]), floats([8, 16], 2), floats([4, 16], 3)] as const;
  const [kept, again] = [engine().jit(two((fn) => fn()))(...args), engine().jit(two(recomputingCheap))(...args)];
  again.forEach((grad, i) =>
    expect(distance([...grad.dataSync()], [...(kept[i] as tf.Tensor).dataSync()])).toBeLessThan(1e-5),
  );
});
