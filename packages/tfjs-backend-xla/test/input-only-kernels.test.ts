/**
 * Norms, activations and cross-entropy as XLA runs them: against the stock ops of @l3m/tfjs-kernels on tfjs's own CPU backend, in
 * bf16, and what their gradients put into a program.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  castPrecision,
  gelu,
  layerNorm,
  physicalDtype,
  quickGelu,
  rmsNorm,
  silu,
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyAttrs,
  swiGlu,
} from "@l3m/tfjs-kernels";
import { describe, expect, it } from "vitest";
import { expectParity, floats, ints, valuesOn, withEngine } from "./with-engine.ts";

const engine = withEngine();

/** Half a unit in the last place of bf16, relative: 8 bits of significand. */
const BF16_ROUNDING = 2 ** -8;

interface Case {
  readonly name: string;
  readonly fn: (...inputs: tf.Tensor[]) => tf.Tensor;
  readonly inputs: () => tf.Tensor[];
  /** Shape of the result, for the weights of its gradient. */
  readonly shape: readonly number[];
  /** How often a result is rounded to bf16 on its way (default 1), and which gradients are. */
  readonly roundings?: number;
  readonly narrow: readonly boolean[];
}

const x = () => floats([3, 5, 8], 1);
const labels = () => ints([6], 4, 0, 9);
const PLAIN: SoftmaxCrossEntropyAttrs = { ignoreIndex: null, labelSmoothing: 0, zLoss: 0 };
const activation = (name: string, fn: (v: tf.Tensor) => tf.Tensor): Case => ({
  name,
  fn,
  inputs: () => [floats([3, 5, 8], 1, -6, 6)],
  shape: [3, 5, 8],
  narrow: [true],
});
const crossEntropy = (name: string, attrs: Partial<SoftmaxCrossEntropyAttrs>): Case => ({
  name: `cross-entropy, ${name}`,
  fn: (z) => softmaxCrossEntropy(z as tf.Tensor, labels(), { ...PLAIN, ...attrs }),
  inputs: () => [floats([6, 9], 1, -5, 5)],
  shape: [6],
  roundings: 0,
  narrow: [true],
});

const CASES: readonly Case[] = [
  activation("gelu", (v) => gelu(v)),
  activation("gelu by tanh", (v) => gelu(v, "tanh")),
  activation("silu", silu),
  activation("quickGelu", quickGelu),
  {
    name: "swiGlu",
    fn: (gate, up) => swiGlu(gate as tf.Tensor, up as tf.Tensor),
    inputs: () => [x(), floats([3, 5, 8], 2)],
    shape: [3, 5, 8],
    narrow: [true, true],
  },
  {
    name: "layerNorm",
    fn: (v, weight, bias) => layerNorm(v as tf.Tensor, { weight, bias, eps: 1e-5 }),
    inputs: () => [x(), floats([8], 2), floats([8], 3)],
    shape: [3, 5, 8],
    narrow: [true, false, false],
  },
  {
    name: "layerNorm over two axes without a weight",
    fn: (v, bias) => layerNorm(v as tf.Tensor, { bias, eps: 1e-5, axes: 2 }),
    inputs: () => [x(), floats([5, 8], 3)],
    shape: [3, 5, 8],
    narrow: [true, false],
  },
  {
    name: "layerNorm of one row",
    fn: (v, weight) => layerNorm(v as tf.Tensor, { weight, eps: 1e-5 }),
    inputs: () => [floats([8], 1), floats([8], 3)],
    shape: [8],
    narrow: [true, false],
  },
  {
    name: "layerNorm without parameters",
    fn: (v) => layerNorm(v as tf.Tensor, { eps: 1e-5 }),
    inputs: () => [x()],
    shape: [3, 5, 8],
    narrow: [true],
  },
  {
    name: "rmsNorm",
    fn: (v, weight) => rmsNorm(v as tf.Tensor, weight as tf.Tensor, 1e-5),
    inputs: () => [x(), floats([8], 2)],
    shape: [3, 5, 8],
    roundings: 2,
    narrow: [true, false],
  },
  crossEntropy("plain", {}),
  crossEntropy("ignored rows", { ignoreIndex: 3 }),
  crossEntropy("label smoothing", { labelSmoothing: 0.1 }),
  crossEntropy("z-loss", { zLoss: 0.01 }),
  crossEntropy("all together", { ignoreIndex: 3, labelSmoothing: 0.2, zLoss: 0.01 }),
];

/** The result and the gradient of every input. */
function run({ fn, shape }: Case, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const dy = castPrecision(castPrecision(floats(shape, 7), "bf16"), "f32");
  return [fn(...inputs), ...tf.grads((...vs: tf.Tensor[]) => tf.sum(tf.mul(fn(...vs), dy)))([...inputs])];
}

describe.each(CASES)("$name", (c) => {
  it("is what the stock ops give, with gradients", () => expectParity(() => run(c, c.inputs()), 1e-5));

  it("is that in bf16 but for the rounding of results", () => {
    const bf16 = () => c.inputs().map((v) => castPrecision(v, "bf16"));
    const formats = run(c, bf16()).map(physicalDtype);
    const narrow = [c.roundings !== 0, ...c.narrow];
    expect(formats).toEqual(narrow.map((isNarrow) => (isNarrow ? "bf16" : "f32")));
    const exact = valuesOn("cpu", () =>
      run(
        c,
        bf16().map((v) => tf.tensor(v.dataSync(), v.shape)),
      ),
    );
    const got = valuesOn("xla", () => run(c, bf16()));
    exact.forEach(({ values }, i) => {
      const roundings = i === 0 ? (c.roundings ?? 1) : narrow[i] ? 1 : 0;
      const excess = values.map(
        (value, j) => Math.abs((got[i]?.values[j] ?? NaN) - value) - roundings * BF16_ROUNDING * 1.01 * Math.abs(value),
      );
      expect(Math.max(...excess), `result ${i}`).toBeLessThan(2e-5); // what f32 arithmetic leaves
    });
  });
});

it("a vocabulary of 50432, in f32 and bf16", () => {
  const V = 50432;
  const run = (format: "f32" | "bf16") => () => {
    const z = castPrecision(castPrecision(floats([3, V], 1, -8, 8), "bf16"), format);
    const targets = tf.tensor1d([0, V - 1, 31337], "int32");
    const loss = (v: tf.Tensor) => softmaxCrossEntropy(v, targets, { ...PLAIN, labelSmoothing: 0.1, zLoss: 1e-3 });
    return [loss(z), tf.grad((v) => tf.sum(loss(v)))(z)];
  };
  expectParity(run("f32"), 1e-5);
  const [exact, narrow] = [valuesOn("cpu", run("f32")), valuesOn("xla", run("bf16"))];
  exact[1]?.values.forEach((value, i) => {
    expect(Math.abs((narrow[1]?.values[i] ?? NaN) - value)).toBeLessThan(1.1 * BF16_ROUNDING * Math.abs(value) + 1e-8);
  });
});

it("cross-entropy neither overflows nor lets an ignored row through", () => {
  const z = tf.tensor2d([
    [1e4, -1e4, 0],
    [-3e38, 3e38, 0],
    [NaN, Infinity, 1],
  ]);
  const loss = (v: tf.Tensor) =>
    softmaxCrossEntropy(v, tf.tensor1d([1, 1, -100], "int32"), { ...PLAIN, ignoreIndex: -100 });
  expect(Array.from(loss(z).dataSync())).toEqual([2e4, 0, 0]);
  const gradient = tf
    .grad((v) => tf.sum(loss(v)))(z)
    .dataSync();
  expect(Array.from(gradient, (value) => value + 0)).toEqual([1, -1, 0, 0, 0, 0, 0, 0, 0]);
});

describe("the program of a gradient", () => {
  /** The text of a traced function of bf16 inputs. */
  const textOf = (fn: (...inputs: tf.Tensor[]) => tf.Tensor[], ...shapes: number[][]) =>
    engine()
      .jit((...inputs: tf.Tensor[]) => fn(...inputs.map((v) => castPrecision(v, "bf16"))), { name: "step" })
      .lower(...shapes.map((shape, i) => floats(shape, i)));
  /** The operations whose result is of this type. */
  const operationsOf = (text: string, type: string) =>
    new Set(
      [...text.matchAll(new RegExp(`"?stablehlo\\.(\\w+)[^\\n]*tensor<${type}>\\)?$`, "gm"))].map(([, op]) => op),
    );

  it("of the large-vocabulary loss holds f32 logits only inside what fuses", () => {
    const text = textOf(
      (hidden, head) =>
        tf.grads((h: tf.Tensor, w: tf.Tensor) => {
          const logits = tf.matMul(h as tf.Tensor2D, w as tf.Tensor2D);
          return tf.sum(
            softmaxCrossEntropy(logits, ints([32], 4, 0, 512), { ignoreIndex: 3, labelSmoothing: 0.1, zLoss: 1e-4 }),
          );
        })([hidden as tf.Tensor, head as tf.Tensor]),
      [32, 16],
      [16, 512],
    );
    const fusable = ["broadcast_in_dim", "constant", "convert", "exponential", "multiply", "select", "subtract"];
    expect([...operationsOf(text, "32x512xf32")].sort()).toEqual(fusable);
    expect(operationsOf(text, "32x512xbf16")).toEqual(new Set(["dot_general", "convert"]));
    expect(text).not.toMatch(/stablehlo\.(gather|scatter|pad|concatenate)/);
  });

  it.each([
    ["layerNorm", (v: tf.Tensor, w: tf.Tensor) => layerNorm(v, { weight: w, bias: w, eps: 1e-5 })],
    ["rmsNorm", (v: tf.Tensor, w: tf.Tensor) => rmsNorm(v, w, 1e-5)],
  ] as const)("of %s builds no masks and no ones", (name, norm) => {
    const text = textOf(
      (v, w) =>
        tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(norm(a, b))))([v as tf.Tensor, w as tf.Tensor]),
      [4, 16, 32],
      [32],
    );
    expect(text).not.toMatch(/stablehlo\.(iota|pad|select|gather|scatter|dot_general)/);
    expect(text).not.toMatch(/dense<1\.0[^>]*> : tensor<\d/);
    expect([...operationsOf(text, "4x16x32xf32")].sort()).toEqual(
      ["broadcast_in_dim", "convert", "multiply", "subtract", ...(name === "layerNorm" ? ["add"] : [])].sort(),
    );
  });
});
