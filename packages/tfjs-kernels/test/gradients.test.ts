import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import {
  checkpoint,
  counterNormal,
  counterUniform,
  detach,
  embeddingGather,
  optimizationBarrier,
  registerGradients,
  takeMasked,
} from "@l3m/tfjs-kernels";

beforeAll(async () => {
  registerGradients();
  await tf.setBackend("cpu");
});

const key = (): tf.Tensor => tf.tensor1d([7, 11], "int32");
const random = (shape: number[], name: string): tf.Tensor =>
  counterNormal(key(), { shape, stream: [name.length, name.charCodeAt(0)] });

/** Central differences of a scalar function, in every element of x. */
function numericGradient(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, step = 1e-2): number[] {
  const values = [...x.dataSync()];
  return values.map((_, i) => {
    const at = (delta: number): number =>
      f(
        tf.tensor(
          values.map((v, j) => (j === i ? v + delta : v)),
          x.shape,
        ),
      ).dataSync()[0] as number;
    return (at(step) - at(-step)) / (2 * step);
  });
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-3): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++)
    expect(Math.abs((actual[i] as number) - (expected[i] as number))).toBeLessThan(
      tolerance * (1 + Math.abs(expected[i] as number)),
    );
}

describe("gradients against finite differences", () => {
  const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    "sum over an axis": (x) => tf.sum(tf.square(tf.sum(x, 1))),
    "mean, axes kept": (x) => tf.sum(tf.square(tf.mean(x, [0], true))),
    "split into one part": (x) => tf.sum(tf.square(tf.split(x, 1)[0] as tf.Tensor)),
    "unstack of one part": (x) => tf.sum(tf.square(tf.unstack(tf.reshape(x, [1, 12]))[0] as tf.Tensor)),
    softmax: (x) => tf.sum(tf.mul(tf.softmax(x), tf.softmax(tf.mul(x, 2)))),
    embedding: (x) =>
      tf.sum(
        tf.square(
          embeddingGather(
            x,
            tf.tensor2d(
              [
                [0, 2],
                [2, 1],
              ],
              [2, 2],
              "int32",
            ),
          ),
        ),
      ),
    barrier: (x) => tf.sum(tf.square(optimizationBarrier([x, tf.mul(x, 2)])[1] as tf.Tensor)),
    takeMasked: (x) =>
      tf.sum(tf.square(takeMasked(tf.reshape(x, [1, 3, 4]), tf.tensor2d([1, 0, 1], [1, 3], "bool"), 2))),
    checkpoint: (x) => {
      const [y, z] = checkpoint(([a]) => [tf.square(a as tf.Tensor), tf.sin(a as tf.Tensor)], [x]) as [
        tf.Tensor,
        tf.Tensor,
      ];
      return tf.add(tf.sum(y), tf.sum(tf.mul(z, y)));
    },
    "nested checkpoint": (x) =>
      tf.sum(
        checkpoint(
          ([a]) => checkpoint(([b]) => [tf.mul(b as tf.Tensor, tf.sin(b as tf.Tensor))], [tf.square(a as tf.Tensor)]),
          [x],
        )[0] as tf.Tensor,
      ),
  };
  it.each(Object.keys(functions))("%s", (name) => {
    const f = functions[name] as (x: tf.Tensor) => tf.Tensor;
    const x = random([3, 4], name);
    expectClose(tf.grad(f)(x).dataSync(), numericGradient(f, x), 1e-2);
  });

  it("checkpoint gives the gradients of all its inputs, and leaks nothing", () => {
    const [x, y] = [random([3], "x"), random([3], "yy")];
    const before = tf.memory().numTensors;
    const [dx, dy] = tf.grads((a, b) =>
      tf.sum(checkpoint(([p, q]) => [tf.mul(tf.square(p as tf.Tensor), q as tf.Tensor)], [a, b])[0] as tf.Tensor),
    )([x, y]) as [tf.Tensor, tf.Tensor];
    expectClose(
      dx.dataSync(),
      tf.tidy(() => tf.mul(tf.mul(x, y), 2).dataSync()),
    );
    expectClose(
      dy.dataSync(),
      tf.tidy(() => tf.square(x).dataSync()),
    );
    tf.dispose([dx, dy]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("checkpoint takes integer inputs, also ones that were computed from what is differentiated", () => {
    const x = random([3], "x");
    const dx = tf.grad((a) => {
      const rounded = tf.cast(a, "int32");
      const [y] = checkpoint(([p, q]) => [tf.mul(tf.square(p as tf.Tensor), q as tf.Tensor)], [a, rounded]);
      return tf.sum(y as tf.Tensor);
    })(x);
    expectClose(
      dx.dataSync(),
      tf.tidy(() => tf.mul(tf.mul(x, 2), tf.cast(x, "int32")).dataSync()),
    );
  });

  it("detach stops the gradient", () => {
    const x = random([4], "d");
    const dx = tf.grad((t) => tf.sum(tf.mul(t, detach(t))))(x);
    expectClose(dx.dataSync(), x.dataSync());
  });
});

describe("random kernels", () => {
  it("normals have mean 0, variance 1 and respect bounds", () => {
    const z = counterNormal(key(), { shape: [20000], stream: [1, 2] });
    expect(tf.mean(z).dataSync()[0]).toBeCloseTo(0, 1);
    expect(tf.mean(tf.square(z)).dataSync()[0]).toBeCloseTo(1, 1);
    const t = counterNormal(key(), { shape: [20000], stream: [1, 2], bounds: [-1, 1] });
    expect(tf.max(tf.abs(t)).dataSync()[0]).toBeLessThanOrEqual(1);
    expect(tf.mean(tf.square(t)).dataSync()[0]).toBeCloseTo(0.2911, 1); // variance of a normal cut at one sigma
  });

  it("uniforms are multiples of 2^-24 in [0, 1)", () => {
    const u = counterUniform(key(), { shape: [1000], stream: [3, 4] }).dataSync();
    expect(u.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 24))).toBe(true);
  });
});
