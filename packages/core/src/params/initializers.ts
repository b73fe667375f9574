/**
 * Initialisers are data: a dry run allocates nothing, a parent may replace them, muP may scale them, and every engine draws
 * the same numbers on the device.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { counterNormal, counterUniform, streamOf, type RandomBitsAttrs } from "@l3m/tfjs-kernels";

export type Initializer =
  | { readonly kind: "constant"; readonly value: number }
  /** U(min, max). */
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  /** N(mean, std^2), mean 0 by default. */
  | { readonly kind: "normal"; readonly std: number; readonly mean?: number }
  /** N(0, std^2) cut to the absolute interval [min, max], default [-2, 2] (timm's `trunc_normal_`). */
  | { readonly kind: "trunc-normal"; readonly std: number; readonly min?: number; readonly max?: number }
  /** U(-a, a), a = sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010). */
  | { readonly kind: "xavier-uniform"; readonly fan_in: number; readonly fan_out: number }
  /** U(-1/sqrt(fan_in), 1/sqrt(fan_in)): what PyTorch gives weights and biases of Linear and Conv. */
  | { readonly kind: "linear-default"; readonly fan_in: number }
  /** Standard deviation sqrt(scale / fan_in); `truncated` cuts the unit normal to [-2, 2] and rescales it (timm's variance scaling). */
  | { readonly kind: "variance-scaling"; readonly scale: number; readonly fan_in: number; readonly truncated: boolean }
  /** Given values, row-major. The function runs when memory is allocated. */
  | { readonly kind: "table"; readonly values: () => ArrayLike<number> }
  /** Another initialiser times a factor. */
  | { readonly kind: "scaled"; readonly init: Initializer; readonly by: number };

export const ZEROS: Initializer = { kind: "constant", value: 0 };
export const ONES: Initializer = { kind: "constant", value: 1 };

/** Standard deviation of a unit normal cut to [-2, 2]. */
const TRUNCATED_STD = 0.87962566103423978;

/**
 * Draws a parameter, float32 `shape`. The numbers depend on `key` (int32 `[2]`) and `path` only, so they are the same on
 * every engine, in any order and under every sharding.
 */
export function drawParam(init: Initializer, key: Tensor, path: string, shape: readonly number[]): Tensor {
  return draw(init, key, { shape, stream: streamOf(path) });
}

/**
 * The same numbers from the key of the parameter's own stream, `streamKey(key, streamOf(path))` as int32 `[2]`: one compiled
 * program then draws every parameter of the same initialiser and shape.
 */
export function drawFromStream(init: Initializer, ownKey: Tensor, shape: readonly number[]): Tensor {
  return draw(init, ownKey, { shape });
}

function draw(init: Initializer, key: Tensor, attrs: RandomBitsAttrs): Tensor {
  const { shape } = attrs;
  const uniform = (min: number, max: number): Tensor => tf.add(tf.mul(counterUniform(key, attrs), max - min), min);
  switch (init.kind) {
    case "constant":
      return tf.fill([...shape], init.value);
    case "uniform":
      return uniform(init.min, init.max);
    case "linear-default":
      return uniform(-1 / Math.sqrt(init.fan_in), 1 / Math.sqrt(init.fan_in));
    case "xavier-uniform": {
      const bound = Math.sqrt(6 / (init.fan_in + init.fan_out));
      return uniform(-bound, bound);
    }
    case "normal":
      return tf.add(tf.mul(counterNormal(key, attrs), init.std), init.mean ?? 0);
    case "trunc-normal": {
      const bounds = [(init.min ?? -2) / init.std, (init.max ?? 2) / init.std] as const;
      return tf.mul(counterNormal(key, { ...attrs, bounds }), init.std);
    }
    case "variance-scaling": {
      const std = Math.sqrt(init.scale / init.fan_in);
      if (!init.truncated) return tf.mul(counterNormal(key, attrs), std);
      return tf.mul(counterNormal(key, { ...attrs, bounds: [-2, 2] }), std / TRUNCATED_STD);
    }
    case "table":
      return tf.tensor(Float32Array.from(init.values()), [...shape], "float32");
    case "scaled":
      return tf.mul(draw(init.init, key, attrs), init.by);
  }
}
