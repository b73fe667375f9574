/** Activation kernels in stock ops against their formulas in double precision. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  castPrecision,
  erf,
  gelu,
  physicalDtype,
  quickGelu,
  registerGradients,
  roundToBf16,
  silu,
  swiGlu,
} from "../src/index.ts";
import { expectValues, numbers, numericGradient } from "./numeric-gradient.ts";

beforeAll(async () => {
  registerGradients();
  await tf.setBackend("cpu");
});

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const FUNCTIONS = [
  { name: "silu", kernel: silu, formula: (x: number) => x * sigmoid(x) },
  { name: "quickGelu", kernel: quickGelu, formula: (x: number) => x * sigmoid(1.702 * x) },
  { name: "gelu", kernel: (x: tf.Tensor) => gelu(x), formula: (x: number) => (x / 2) * (1 + erf(x / Math.SQRT2)) },
  {
    name: "gelu by tanh",
    kernel: (x: tf.Tensor) => gelu(x, "tanh"),
    formula: (x: number) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  },
];
const POINTS = [-30, -6, -3, -1.3, -0.5, -1e-3, 0, 1e-3, 0.2, 0.9, 1.7, 4, 12, 40];

describe.each(FUNCTIONS)("$name", ({ kernel, formula }) => {
  it("has the value and the derivative of its formula, also far from zero", () => {
    const x = tf.tensor1d(POINTS);
    const weights = numbers(POINTS.length, 3);
    expectValues(kernel(x), POINTS.map(formula), 2e-6);
    const gradient = tf.grad((v) => tf.sum(tf.mul(kernel(v), tf.tensor1d(weights))))(x);
    const slopes = numericGradient((v) => v.reduce((sum, value) => sum + formula(value), 0), POINTS);
    expectValues(
      gradient,
      slopes.map((slope, i) => slope * (weights[i] ?? 0)),
      5e-6,
    );
  });

  it("gives what stands for bf16 the same format", () => {
    const x = castPrecision(tf.tensor1d(POINTS), "bf16");
    const y = kernel(x);
    expect(physicalDtype(y)).toBe("bf16");
    expect(Array.from(y.dataSync())).toEqual(Array.from(roundToBf16(y.dataSync() as Float32Array)));
    const gradient = tf.grad((v) => tf.sum(kernel(v)))(x);
    expect(physicalDtype(gradient)).toBe("bf16");
  });
});

it("swiGlu is silu(gate) up with both gradients", () => {
  const [gate, up, weights] = [POINTS, numbers(POINTS.length, 1), numbers(POINTS.length, 2)];
  const objective = (g: readonly number[], u: readonly number[]) =>
    g.reduce((sum, x, i) => sum + x * sigmoid(x) * (u[i] ?? 0) * (weights[i] ?? 0), 0);
  const y = swiGlu(tf.tensor1d(gate), tf.tensor1d(up));
  expectValues(
    y,
    gate.map((x, i) => x * sigmoid(x) * (up[i] ?? 0)),
    2e-6,
  );
  const [dGate, dUp] = tf.grads((g: tf.Tensor, u: tf.Tensor) => tf.sum(tf.mul(swiGlu(g, u), tf.tensor1d(weights))))([
    tf.tensor1d(gate),
    tf.tensor1d(up),
  ]);
  expectValues(
    dGate as tf.Tensor,
    numericGradient((g) => objective(g, up), gate),
    5e-6,
  );
  expectValues(
    dUp as tf.Tensor,
    numericGradient((u) => objective(gate, u), up),
    5e-6,
  );
});

it("a value cast to f32 again stands for f32", () => {
  const narrow = castPrecision(tf.tensor1d(POINTS), "bf16");
  expect([physicalDtype(castPrecision(narrow, "f32")), physicalDtype(narrow)]).toEqual(["f32", "bf16"]);
});
