/** The number format of a kernel's result, for bf16 and f32 operands. */
import * as tf from "@tensorflow/tfjs-core";
import { autocastClass, castPrecision, physicalDtype } from "@l3m/tfjs-kernels";
import { describe, expect, it } from "vitest";
import { KERNELS } from "../src/index.ts";
import { distance, floats, withEngine } from "./with-engine.ts";

const engine = withEngine();
const bf16 = (x: tf.Tensor) => castPrecision(x, "bf16");
const matrix = (seed: number) => floats([4, 4], seed) as tf.Tensor2D;

describe("products", () => {
  it.each([
    ["bf16 and bf16", true, true, "bf16"],
    ["bf16 and f32", true, false, "bf16"],
    ["f32 and bf16", false, true, "bf16"],
    ["f32 and f32", false, false, "f32"],
  ])("%s", (_, left, right, expected) => {
    const a = left ? bf16(matrix(1)) : matrix(1);
    const b = right ? bf16(matrix(2)) : matrix(2);
    expect(physicalDtype(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D))).toBe(expected);
  });

  it("multiply f32 as f32, and bf16 into bf16", () => {
    const dot = engine().jit((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D));
    expect(dot.lower(matrix(1), matrix(2))).toContain("precision = [HIGHEST, HIGHEST]");
    expect(dot.lower(bf16(matrix(1)), matrix(2))).toContain("(tensor<4x4xbf16>, tensor<4x4xbf16>) -> tensor<4x4xbf16>");
  });

  it("have their gradients in the format of the product, though dy comes from an f32 island", () => {
    const text = engine()
      .jit((x: tf.Tensor, w: tf.Tensor) =>
        tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.exp(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D))))([x, w]),
      )
      .lower(matrix(1), bf16(matrix(2)));
    const dots = text.split("\n").filter((line) => line.includes("dot_general"));
    expect(dots).toHaveLength(3);
    for (const dot of dots) expect(dot).not.toContain("f32");
  });
});

describe("other kernels", () => {
  it.each<[string, (x: tf.Tensor) => tf.Tensor, "f32" | "bf16"]>([
    ["a sum is f32", (x) => tf.sum(x, 1), "f32"],
    ["a mean is f32", (x) => tf.mean(x, 1), "f32"],
    ["an exponential is f32", (x) => tf.exp(x), "f32"],
    ["softmax is f32", (x) => tf.softmax(x), "f32"],
    ["a square is f32", (x) => tf.square(x), "f32"],
    ["bf16 plus bf16 is bf16", (x) => tf.add(x, bf16(matrix(3))), "bf16"],
    ["bf16 plus f32 is f32", (x) => tf.add(x, matrix(3)), "f32"],
    ["a number does not widen", (x) => tf.mul(x, 0.5), "bf16"],
    ["a filled tensor does not widen", (x) => tf.maximum(x, tf.fill([4, 4], 0.25)), "bf16"],
    ["a number as the other branch does not widen", (x) => tf.where(tf.greater(x, 0), x, 0), "bf16"],
    ["a vector widens", (x) => tf.mul(x, tf.tensor1d([1, 2, 3, 4])), "f32"],
    ["shapes keep the format", (x) => tf.transpose(tf.reshape(x, [2, 8])), "bf16"],
    ["the largest value keeps the format", (x) => tf.max(x, 1), "bf16"],
  ])("%s", (_, fn, expected) => {
    expect(physicalDtype(fn(bf16(matrix(1))))).toBe(expected);
  });

  it("sum in f32: 4,096 ones are 4,096, where a bf16 sum would stop at 256", () => {
    expect(tf.sum(bf16(tf.ones([4096]))).dataSync()[0]).toBe(4096);
  });

  it("differ from f32 by bf16's rounding only", () => {
    const block = (x: tf.Tensor, w: tf.Tensor) =>
      tf.softmax(tf.mul(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), 0.5));
    const narrow = block(bf16(matrix(1)), bf16(matrix(2)));
    const wide = block(tf.cast(matrix(1), "float32"), matrix(2));
    // inputs and product are rounded once each (2^-9 relative); logits are at most 8, so that is their absolute error twice over
    expect(distance([...narrow.dataSync()], [...wide.dataSync()])).toBeLessThan(3 * 8 * 2 ** -9);
  });
});

it("has a class for kernels that exist", () => {
  const names = new Set(KERNELS.map(({ kernelName }) => kernelName));
  expect(autocastClass("BatchMatMul")).toBe("compute");
  expect(autocastClass("Reshape")).toBe("follow");
  expect(names.has("BatchMatMul") && names.has("Softmax")).toBe(true);
});
