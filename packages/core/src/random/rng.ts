/** Randomness of a forward pass: a key, and a path that names what it is for. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { counterNormal, counterUniform, streamOf, type Words } from "@l3m/tfjs-kernels";

/**
 * A handle on one counter-based key (int32 `[2]`: seed and step, inputs of the traced step). Draws with the same path and
 * key are equal; different paths are independent. Nothing is consumed, so order does not matter.
 */
export class Rng {
  readonly #key: Tensor;
  readonly #path: string;

  constructor(key: Tensor, path = "") {
    this.#key = key;
    this.#path = path;
  }

  /** An independent handle for a part. */
  child(name: string): Rng {
    return new Rng(this.#key, `${this.#path}/${name}`);
  }
  /** Uniform in [0, 1), float32 `shape`. */
  uniform(name: string, shape: readonly number[]): Tensor {
    return counterUniform(this.#key, { shape, stream: streamOf(`${this.#path}/${name}`) });
  }
  /** Standard normal, float32 `shape`. */
  normal(name: string, shape: readonly number[]): Tensor {
    return counterNormal(this.#key, { shape, stream: streamOf(`${this.#path}/${name}`) });
  }
  /** Where the numbers of a name come from, for a kernel that draws them itself: the same as those of {@link uniform}. */
  source(name: string): { readonly key: Tensor; readonly stream: Words } {
    return { key: this.#key, stream: streamOf(`${this.#path}/${name}`) };
  }
  /** True with probability `probability`, bool `shape`; dropout and drop path keep where it is true. */
  keep(name: string, shape: readonly number[], probability: number): Tensor {
    return tf.less(this.uniform(name, shape), probability);
  }
}
