/** Fused attention as XLA runs it, against the stock ops of @l3m/tfjs-kernels on tfjs's own CPU backend, and in bf16. */
import * as tf from "@tensorflow/tfjs-core";
import { castPrecision, fusedAttention, type FusedAttentionOptions, physicalDtype } from "@l3m/tfjs-kernels";
import { describe, expect, it } from "vitest";
import { bools, distance, expectParity, floats, valuesOn, withEngine } from "./with-engine.ts";

withEngine();

interface Case {
  readonly name: string;
  readonly sizes: readonly [B: number, H: number, G: number, N: number, M: number, d: number];
  readonly options?: () => FusedAttentionOptions;
}

/** True but for whole rows of queries. */
const withEmptyRows = () => tf.logicalAnd(bools([2, 1, 5, 5], 3), tf.tensor([1, 0, 1, 1, 0], [1, 1, 5, 1], "bool"));

const CASES: readonly Case[] = [
  { name: "full", sizes: [2, 4, 4, 5, 5, 8] },
  { name: "causal", sizes: [2, 4, 4, 5, 5, 8], options: () => ({ causal: true }) },
  { name: "cross lengths and a scale", sizes: [2, 2, 2, 3, 7, 8], options: () => ({ scale: 0.25 }) },
  { name: "grouped heads", sizes: [2, 4, 2, 5, 5, 8], options: () => ({ causal: true }) },
  { name: "bool mask", sizes: [2, 2, 2, 5, 5, 8], options: () => ({ mask: bools([2, 1, 5, 5], 3) }) },
  { name: "padding mask", sizes: [2, 2, 1, 5, 5, 8], options: () => ({ mask: bools([2, 1, 1, 5], 3) }) },
  { name: "empty rows", sizes: [2, 2, 2, 5, 5, 8], options: () => ({ mask: withEmptyRows() }) },
  { name: "causal and empty", sizes: [2, 2, 2, 5, 5, 8], options: () => ({ causal: true, mask: withEmptyRows() }) },
  { name: "float bias", sizes: [2, 4, 2, 5, 5, 8], options: () => ({ mask: floats([1, 4, 5, 5], 3) }) },
  {
    name: "float bias that hides",
    sizes: [2, 2, 2, 5, 5, 8],
    options: () => ({ mask: tf.where(withEmptyRows(), floats([2, 1, 5, 5], 4), -Infinity) }),
  },
  {
    name: "dropout and empty rows",
    sizes: [2, 4, 2, 5, 5, 8],
    options: () => ({
      mask: withEmptyRows(),
      dropout: { probability: 0.25, stream: [3, 4], key: tf.tensor1d([1, 2], "int32") },
    }),
  },
];

/** Output and gradients by q, k, v, and by a float mask. */
function run({ sizes, options }: Case, format: (x: tf.Tensor) => tf.Tensor = (x) => x): tf.Tensor[] {
  const [B, H, G, N, M, d] = sizes;
  const inputs = [floats([B, H, N, d], 1), floats([B, G, M, d], 5), floats([B, G, M, d], 6)].map(format);
  const { mask, ...rest } = options?.() ?? {};
  const weights = floats([B, H, N, d], 7);
  const variables = mask?.dtype === "float32" ? [...inputs, mask] : inputs;
  const attend = ([q, k, v, bias]: readonly tf.Tensor[]) =>
    fusedAttention(q as tf.Tensor, k as tf.Tensor, v as tf.Tensor, { ...rest, mask: bias ?? mask });
  const grads = tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(attend(xs), weights)))(variables);
  return [attend(inputs), ...grads];
}

describe.each(CASES)("$name", (c) => {
  it("is what the stock ops give, with gradients", () => expectParity(() => run(c), 2e-5));

  it("is that in bf16 but for rounding", () => {
    const exact = valuesOn("cpu", () => run(c, rounded));
    const got = valuesOn("xla", () => run(c, (x) => castPrecision(x, "bf16")));
    exact.forEach(({ values }, i) => {
      const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const worst = (got[i]?.values ?? []).reduce((most, x, j) => Math.max(most, Math.abs(x - (values[j] ?? NaN))), 0);
      expect(worst).toBeLessThan(BF16_ERROR * largest);
    });
  });
});

/**
 * A bf16 number is off by at most 2^-9 of itself. Scores (up to about 8) are rounded, which shifts probabilities by up to 8 x 2^-9
 * of themselves; then probabilities, the output and each gradient are rounded once or twice more.
 */
const BF16_ERROR = 12 * 2 ** -9;

/** The same numbers on an engine that only has f32. */
const rounded = (x: tf.Tensor) => tf.tensor(castPrecision(x, "bf16").dataSync(), x.shape);

it("gives the format of its operands, and gradients in those of q, k and v", () => {
  const [q, k] = [castPrecision(floats([1, 1, 2, 8], 1), "bf16"), floats([1, 1, 2, 8], 2)];
  expect(physicalDtype(fusedAttention(q, k, k))).toBe("bf16");
  expect(physicalDtype(fusedAttention(k, k, k))).toBe("f32");
  const grads = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(fusedAttention(a, b, b)))([q, k]);
  expect(grads.map(physicalDtype)).toEqual(["bf16", "f32"]);
});

it("has the gradients of finite differences", () => {
  const [q, k, v] = [floats([1, 2, 3, 4], 1), floats([1, 1, 3, 4], 2), floats([1, 1, 3, 4], 3)] as const;
  const weights = floats([1, 2, 3, 4], 4);
  const loss = (xs: readonly tf.Tensor[]) =>
    tf.sum(
      tf.mul(fusedAttention(xs[0] as tf.Tensor, xs[1] as tf.Tensor, xs[2] as tf.Tensor, { causal: true }), weights),
    );
  const grads = tf.grads((...xs: tf.Tensor[]) => loss(xs))([q, k, v]);
  [q, k, v].forEach((x, which) => {
    const values = Array.from(x.dataSync());
    const moved = (i: number, delta: number) =>
      loss(
        [q, k, v].map((y, other) =>
          other === which
            ? tf.tensor(
                values.map((value, j) => (j === i ? value + delta : value)),
                x.shape,
              )
            : y,
        ),
      ).dataSync()[0] as number;
    const differences = values.map((_, i) => (moved(i, 1e-2) - moved(i, -1e-2)) / 2e-2);
    expect(distance(Array.from(grads[which]?.dataSync() ?? []), differences)).toBeLessThan(2e-3);
  });
});
