/** Values of a function together with gradients of its scalar, in one pass that an engine can trace. */
import * as tf from "@l3m/core/tf";

type Tensor = tf.Tensor;

/** What a differentiated function returns: what to keep, and what the gradients are of (none: no gradients). */
export interface Differentiated {
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly scalar: Tensor | undefined;
}

/**
 * Runs `fn` once; the result holds its outputs and `grad.<name>` of its scalar for every tensor of `xs`. A tensor that the
 * scalar does not depend on has a gradient of zeros.
 */
export function withGradients(fn: () => Differentiated, xs: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  if (xs.size === 0) return new Map(fn().outputs);
  let outputs = new Map<string, Tensor>();
  const forward = (): Tensor => {
    const result = fn();
    outputs = new Map(result.outputs);
    for (const tensor of outputs.values()) tf.keep(tensor); // they outlive the tape's scope
    return result.scalar ?? tf.scalar(0);
  };
  const tensors = [...xs.values()];
  const { grads } = tf.engine().gradients(forward, tensors, undefined, true) as { grads: readonly (Tensor | undefined)[] };
  [...xs].forEach(([name, x], i) => outputs.set(`grad.${name}`, grads[i] ?? tf.zerosLike(x)));
  return outputs;
}

/** `sum over keys of sum(value * cotangent)`: turns outputs into the scalar whose gradients a case stores. */
export function pairWithCotangents(cotangents: ReadonlyMap<string, Tensor>, valueOf: (key: string) => Tensor): Tensor | undefined {
  let total: Tensor | undefined;
  for (const [key, cotangent] of cotangents) {
    const term = tf.sum(tf.mul(valueOf(key), cotangent));
    total = total === undefined ? term : tf.add(total, term);
  }
  return total;
}
