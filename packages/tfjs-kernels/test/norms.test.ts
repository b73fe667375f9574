/** Norm kernels in stock ops against their formulas in double precision. R rows, C columns. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { castPrecision, layerNorm, physicalDtype, registerGradients, rmsNorm } from "../src/index.ts";
import { expectValues, numbers, numericGradient } from "./numeric-gradient.ts";

beforeAll(async () => {
  registerGradients();
  await tf.setBackend("cpu");
});

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Normalises rows of `C` numbers: torch `F.layer_norm`, or without the mean for RMSNorm. */
function normalise(x: readonly number[], C: number, eps: number, centre: boolean): number[] {
  return x.map((_, i) => {
    const row = x.slice(Math.floor(i / C) * C, Math.floor(i / C) * C + C);
    const shift = centre ? mean(row) : 0;
    return ((x[i] ?? 0) - shift) / Math.sqrt(mean(row.map((value) => (value - shift) ** 2)) + eps);
  });
}

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly axes: number;
  readonly weight: boolean;
  readonly bias: boolean;
}

const CASES: readonly Case[] = [
  { name: "weight and bias", shape: [2, 3, 5], axes: 1, weight: true, bias: true },
  { name: "only a weight", shape: [4, 5], axes: 1, weight: true, bias: false },
  { name: "only a bias", shape: [4, 5], axes: 1, weight: false, bias: true },
  { name: "no parameters", shape: [4, 5], axes: 1, weight: false, bias: false },
  { name: "two axes", shape: [3, 2, 4], axes: 2, weight: true, bias: true },
  { name: "nothing but one row", shape: [6], axes: 1, weight: true, bias: true },
];

describe.each(CASES)("layerNorm with $name", ({ shape, axes, ...has }) => {
  const inner = shape.slice(shape.length - axes);
  const C = inner.reduce((a, b) => a * b, 1);
  const size = shape.reduce((a, b) => a * b, 1);
  const x = numbers(size, 1).map((value) => 3 * value + 10);
  const weight: readonly number[] | undefined = has.weight ? numbers(C, 2) : undefined;
  const bias: readonly number[] | undefined = has.bias ? numbers(C, 3) : undefined;
  const dy = numbers(size, 4);
  const eps = 1e-3;
  const formula = (v: readonly number[], w = weight, b = bias) =>
    normalise(v, C, eps, true).map((unit, i) => unit * (w?.[i % C] ?? 1) + (b?.[i % C] ?? 0));
  const objective = (y: readonly number[]) => y.reduce((sum, value, i) => sum + value * (dy[i] ?? 0), 0);

  it("has the value and the gradients of its formula", () => {
    const given = [tf.tensor(x, [...shape]), ...[weight, bias].flatMap((p) => (p ? [tf.tensor(p, inner)] : []))];
    const apply = ([v, first, second]: readonly (tf.Tensor | undefined)[]) =>
      layerNorm(v as tf.Tensor, {
        weight: weight ? first : undefined,
        bias: bias ? (weight ? second : first) : undefined,
        eps,
        axes,
      });
    expectValues(apply(given), formula(x), 3e-6);
    const gradients = tf.grads((...vs: tf.Tensor[]) => tf.sum(tf.mul(apply(vs), tf.tensor(dy, [...shape]))))(given);
    const expected = [
      numericGradient((v) => objective(formula(v)), x),
      ...(weight ? [numericGradient((w) => objective(formula(x, w)), weight)] : []),
      ...(bias ? [numericGradient((b) => objective(formula(x, weight, b)), bias)] : []),
    ];
    expect(gradients).toHaveLength(expected.length);
    gradients.forEach((gradient, i) => expectValues(gradient, expected[i] ?? [], 2e-5));
  });
});

it("rmsNorm has the value and the gradients of its formula", () => {
  const [x, weight, dy] = [numbers(24, 1).map((value) => 4 * value + 1), numbers(6, 2), numbers(24, 4)];
  const formula = (v: readonly number[], w: readonly number[]) =>
    normalise(v, 6, 1e-3, false).map((unit, i) => unit * (w[i % 6] ?? 0));
  const objective = (y: readonly number[]) => y.reduce((sum, value, i) => sum + value * (dy[i] ?? 0), 0);
  expectValues(rmsNorm(tf.tensor(x, [2, 2, 6]), tf.tensor1d(weight), 1e-3), formula(x, weight), 3e-6);
  const [dx, dWeight] = tf.grads((v: tf.Tensor, w: tf.Tensor) =>
    tf.sum(tf.mul(rmsNorm(v, w, 1e-3), tf.tensor(dy, [2, 2, 6]))),
  )([tf.tensor(x, [2, 2, 6]), tf.tensor1d(weight)]);
  expectValues(
    dx as tf.Tensor,
    numericGradient((v) => objective(formula(v, weight)), x),
    1e-5,
  );
  expectValues(
    dWeight as tf.Tensor,
    numericGradient((w) => objective(formula(x, w)), weight),
    1e-5,
  );
});

it("results and gradients of x have the format of x, gradients of parameters are f32", () => {
  const x = castPrecision(tf.tensor(numbers(12, 1), [3, 4]), "bf16");
  const weight = castPrecision(tf.tensor1d(numbers(4, 2)), "bf16");
  for (const norm of [
    (v: tf.Tensor, w: tf.Tensor) => rmsNorm(v, w, 1e-6),
    (v: tf.Tensor, w: tf.Tensor) => layerNorm(v, { weight: w, eps: 1e-6 }),
  ]) {
    expect(physicalDtype(norm(x, weight))).toBe("bf16");
    expect(
      tf
        .grads((v: tf.Tensor, w: tf.Tensor) => tf.sum(norm(v, w)))([x, weight])
        .map(physicalDtype),
    ).toEqual(["bf16", "f32"]);
  }
});

it("leaves nothing behind but its result", () => {
  const x = tf.tensor(numbers(12, 1), [3, 4]);
  const weight = tf.tensor1d(numbers(4, 2));
  const before = tf.memory().numTensors;
  tf.dispose([rmsNorm(x, weight, 1e-6), layerNorm(x, { weight, eps: 1e-6 })]);
  expect(tf.memory().numTensors).toBe(before);
});
