/** The kernels that tfjs-kernels adds, against its host implementations. */
import * as tf from "@tensorflow/tfjs-core";
import {
  castPrecision,
  checkpoint,
  counterNormal,
  counterUniform,
  embeddingGather,
  iota,
  optimizationBarrier,
  physicalDtype,
  randomBits,
  shardingConstraint,
  streamOf,
  takeMasked,
  threefryBits,
} from "@l3m/tfjs-kernels";
import { expect, it } from "vitest";
import { bools, distance, expectParity, floats, ints, valuesOn, withEngine } from "./with-engine.ts";

const engine = withEngine();
const key = () => tf.tensor1d([42, -7], "int32");

it("RandomBits are the host's, bit for bit, for any shape", () => {
  for (const shape of [[1], [7], [3, 5], [2, 3, 4, 5], []]) {
    const stream = streamOf(`stream ${shape.join()}`);
    const bits = randomBits(key(), { shape, stream });
    expect(Array.from(bits.dataSync())).toEqual(
      Array.from(
        threefryBits(
          [42, -7],
          stream,
          shape.reduce((a, b) => a * b, 1),
        ),
      ),
    );
  }
});

it("CounterUniform is the fallback's, bit for bit", () => {
  const fn = () => counterUniform(key(), { shape: [64, 3], stream: streamOf("u") });
  expect(valuesOn("xla", fn)).toEqual(valuesOn("cpu", fn));
});

it("CounterNormal equals the fallback's to 2 units in the last place of its range", () => {
  for (const bounds of [undefined, [-2, 2]] as const) {
    const fn = () => counterNormal(key(), { shape: [5000], stream: streamOf("n"), ...(bounds && { bounds }) });
    const [got, expected] = [valuesOn("xla", fn)[0]?.values ?? [], valuesOn("cpu", fn)[0]?.values ?? []];
    expect(distance(got, expected)).toBeLessThan(5e-7);
  }
});

it("Iota, EmbeddingGather and takeMasked agree with their fallbacks", () => {
  expectParity(() => [iota([3, 4], 0), iota([3, 4], 1)]);
  expectParity(() => embeddingGather(floats([6, 3]), ints([2, 4], 1, 0, 6)));
  expectParity(() =>
    takeMasked(
      floats([2, 5, 3]),
      tf.tensor2d(
        [
          [1, 0, 1, 1, 0],
          [0, 1, 0, 1, 1],
        ],
        [2, 5],
        "bool",
      ),
      3,
    ),
  );
});

it("gradients of the embedding are the sums of rows", () => {
  expectParity(() =>
    tf.grad((table) => tf.sum(tf.square(embeddingGather(table, ints([2, 4], 1, 0, 6)))))(floats([6, 3])),
  );
});

it("OptimizationBarrier and checkpoint keep values and gradients, and the barrier is in the program", () => {
  const loss = (w: tf.Tensor, wrap: boolean) => {
    const block = ([x, v]: readonly tf.Tensor[]) => [tf.tanh(tf.matMul(x as tf.Tensor2D, v as tf.Tensor2D))];
    const x = floats([4, 4], 3);
    const [y] = wrap ? checkpoint(block, [x, w]) : block([x, w]);
    return tf.sum(tf.square(y as tf.Tensor));
  };
  const plain = engine().jit((w: tf.Tensor) => tf.grad((v) => loss(v, false))(w), { name: "plain" });
  const wrapped = engine().jit((w: tf.Tensor) => tf.grad((v) => loss(v, true))(w), { name: "wrapped" });
  const w = floats([4, 4]);
  expect(distance(Array.from(wrapped(w).dataSync()), Array.from(plain(w).dataSync()))).toBeLessThan(1e-6);
  expect(wrapped.reports[0]?.moduleText).toContain("stablehlo.optimization_barrier");
  expect(optimizationBarrier([tf.scalar(1), bools([2])]).map((t) => t.shape)).toEqual([[], [2]]);
});

it("CastPrecision stores bfloat16 and casts gradients back", () => {
  const x = floats([100]);
  const half = castPrecision(x, "bf16");
  expect([half.dtype, physicalDtype(half), physicalDtype(x)]).toEqual(["float32", "bf16", "f32"]);
  expectParity(() => castPrecision(floats([100]), "bf16"), 0);
  const gradient = tf.grad((v) => tf.sum(tf.mul(castPrecision(v, "bf16"), tf.scalar(3))))(x);
  expect(physicalDtype(gradient)).toBe("f32");
  expect(
    distance(
      Array.from(gradient.dataSync()),
      Array.from({ length: 100 }, () => 3),
    ),
  ).toBeLessThan(1e-6);
});

it("ShardingConstraint does nothing on one device", () => {
  const x = floats([4, 2]);
  expect(Array.from(shardingConstraint(x, [["dp"], []]).dataSync())).toEqual(Array.from(x.dataSync()));
});
