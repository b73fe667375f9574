/** Dropout on attention probabilities (Srivastava et al. 2014), drawn again wherever it is needed instead of being kept. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Words } from "../random/threefry.ts";
import { counterUniform } from "./counter-uniform.ts";

export interface AttentionDropoutAttrs {
  /** Of a probability to become 0; the others are multiplied by {@link keptFactor}. */
  readonly probability: number;
  /** Which numbers of the key decide; see `streamOf`. */
  readonly stream: Words;
}

/** `1 / (1 - probability)`; 0 where nothing is kept. */
export function keptFactor({ probability }: AttentionDropoutAttrs): number {
  return probability === 1 ? 0 : 1 / (1 - probability);
}

/** What the probabilities are multiplied by, float32 `shape`. `key`: int32 `[2]`. */
export function dropoutFactors(key: Tensor, attrs: AttentionDropoutAttrs, shape: readonly number[]): Tensor {
  const kept = tf.less(counterUniform(key, { shape, stream: attrs.stream }), 1 - attrs.probability);
  return tf.mul(tf.cast(kept, "float32"), keptFactor(attrs));
}
