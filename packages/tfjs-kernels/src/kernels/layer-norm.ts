/** LayerNorm (Ba et al. 2016) as one kernel that keeps its input and two numbers per row for the backward pass. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { inFormatOf } from "./activation-kernel.ts";

/**
 * Kernel name. Inputs, as a list: x `[..., C...]`, then what `affine` names, of shape `[C...]`. Outputs: y, in the format of x, and
 * mean and 1 / standard deviation, f32 `[..., 1...]`.
 */
export const LayerNorm = "LayerNorm";
/**
 * Kernel name. Inputs, as a list: x, mean, rstd, dy, and the weight if there is one. Outputs: the gradient of x, in its format, and
 * those of what `affine` names, f32.
 */
export const LayerNormGrad = "LayerNormGrad";

export interface LayerNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
  /** How many of the last dimensions are normalised. */
  readonly axes: number;
  /** Which parameters follow x, in this order. */
  readonly affine: readonly ("weight" | "bias")[];
}

export interface LayerNormOptions {
  readonly weight?: Tensor | undefined;
  readonly bias?: Tensor | undefined;
  readonly eps: number;
  /** Default 1. */
  readonly axes?: number | undefined;
}

const runGrad = defineKernel<LayerNormAttrs>({
  name: LayerNormGrad,
  inputs: "list",
  fallback: (inputs, { axes: count, affine }) => {
    const [x, mean, rstd, dy, weight] = Object.values(inputs) as [Tensor, Tensor, Tensor, Tensor, Tensor?];
    const { rows, inner } = splitAxes(x, count);
    const centred = tf.sub(x, mean);
    const scaled = tf.mul(dy, rstd);
    const dUnit = weight === undefined ? scaled : tf.mul(scaled, weight); // gradient of the unit row, over its deviation
    const slope = tf.mul(tf.mean(tf.mul(dUnit, centred), inner, true), tf.square(rstd));
    const dx = tf.sub(tf.sub(dUnit, tf.mean(dUnit, inner, true)), tf.mul(centred, slope));
    const parameters = { weight: () => tf.sum(tf.mul(scaled, centred), rows), bias: () => tf.sum(dy, rows) };
    return [inFormatOf(x, dx), ...affine.map((name) => parameters[name]())];
  },
});

const run = defineKernel<LayerNormAttrs>({
  name: LayerNorm,
  inputs: "list",
  fallback: (inputs, { eps, axes: count, affine }) => {
    const [x, ...parameters] = Object.values(inputs) as [Tensor, ...Tensor[]];
    const { inner } = splitAxes(x, count);
    const mean = tf.mean(x, inner, true);
    const centred = tf.sub(x, mean);
    const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centred), inner, true), eps));
    const y = parameters.reduce(
      (value, parameter, i) => (affine[i] === "weight" ? tf.mul(value, parameter) : tf.add(value, parameter)),
      tf.mul(centred, rstd),
    );
    return [inFormatOf(x, y), mean, rstd];
  },
  outputsToSave: [false, true, true],
  gradient: ([dy], inputs, attrs, outputs) => {
    const [x, ...parameters] = inputs as [Tensor, ...Tensor[]];
    const [mean, rstd] = outputs as [Tensor, Tensor];
    const weight = parameters.slice(0, attrs.affine[0] === "weight" ? 1 : 0);
    const gradients = runGrad([x, mean, rstd, dy as Tensor, ...weight], attrs); // at once: they come of one kernel
    return Object.fromEntries(gradients.map((gradient, i) => [i, () => gradient]));
  },
});

/**
 * `(x - mean) / sqrt(var + eps) * weight + bias` over the last `axes` dimensions with biased variance (torch `F.layer_norm`), in the
 * format of `x`; computed in f32. `weight` and `bias` have the shape of the normalised dimensions.
 */
export function layerNorm(x: Tensor, { weight, bias, eps, axes = 1 }: LayerNormOptions): Tensor {
  const given = [
    ["weight", weight],
    ["bias", bias],
  ] as const;
  const parameters = given.flatMap(([name, tensor]) => (tensor === undefined ? [] : [{ name, tensor }]));
  const inputs = [x, ...parameters.map(({ tensor }) => tensor)];
  const [y, ...statistics] = run(inputs, { eps, axes, affine: parameters.map(({ name }) => name) });
  tf.dispose(statistics); // the tape has its own
  return y as Tensor;
}

/** The axes over which parameters are shared, and the last `count` axes. */
function splitAxes(x: Tensor, count: number): { readonly rows: number[]; readonly inner: number[] } {
  const all = Array.from({ length: x.rank }, (_, axis) => axis);
  return { rows: all.slice(0, x.rank - count), inner: all.slice(x.rank - count) };
}
