/** Values of a function together with gradients of its scalar, in one pass that an engine can trace. */
import * as tf from "@l3m/core/tf";

type Tensor = tf.Tensor;

/** What a differentiated function returns: what to keep, and what the gradients are of (none: no gradients). */
export interface Differentiated {
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly scalar: Tensor | undefined;
}

/** Runs `fn` once. A tensor that the scalar does not depend on has no gradient. */
export function differentiate(
  fn: () => Differentiated,
  xs: readonly Tensor[],
): { outputs: Map<string, Tensor>; grads: readonly (Tensor | undefined)[] } {
  if (xs.length === 0) return { outputs: new Map(fn().outputs), grads: [] };
  let outputs = new Map<string, Tensor>();
  const forward = (): Tensor => {
    const result = fn();
    outputs = new Map(result.outputs);
    for (const tensor of outputs.values()) tf.keep(tensor); // they outlive the tape's scope
    return result.scalar ?? tf.scalar(0);
  };
  const { grads } = tf.engine().gradients(forward, [...xs], undefined, true);
  return { outputs, grads };
}

/** Like {@link differentiate}, with the gradients among the outputs as `grad.<name>`; a missing gradient is one of zeros. */
export function withGradients(fn: () => Differentiated, xs: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const { outputs, grads } = differentiate(fn, [...xs.values()]);
  [...xs].forEach(([name, x], i) => outputs.set(`grad.${name}`, grads[i] ?? tf.zerosLike(x)));
  return outputs;
}

/** `sum over keys of sum(value * cotangent)`: turns outputs into the scalar whose gradients a case stores. */
export function pairWithCotangents(
  cotangents: ReadonlyMap<string, Tensor>,
  valueOf: (key: string) => Tensor,
): Tensor | undefined {
  let total: Tensor | undefined;
  for (const [key, cotangent] of cotangents) {
    const term = tf.sum(tf.mul(valueOf(key), cotangent));
    total = total === undefined ? term : tf.add(total, term);
  }
  return total;
}
