/**
 * Loss scaling for float16 (Micikevicius et al. 2018): gradients too small for the format survive because the loss is
 * multiplied before the backward pass, and a step whose gradients overflow is skipped.
 *
 * **No run uses it.** L3M computes in f32 or bf16; bf16 has the exponents of f32, so nothing has to be scaled, and there is no
 * float16 yet. These are the pure parts of a step that would need it, with the numbers of PyTorch's `GradScaler`.
 */
import * as tf from "@l3m/core/tf";

/** Part of the training state. */
export interface GradientScale {
  /** Float32 scalar: what the loss is multiplied by. */
  readonly scale: tf.Tensor;
  /** Float32 scalar: steps since the scale changed last. */
  readonly growthTracker: tf.Tensor;
}

export interface GradientScalerOptions {
  /** False passes everything through: gradients as they are, every step taken, finite or not. Default true. */
  readonly enabled?: boolean;
  /** First scale. Default 65536. */
  readonly initScale?: number;
  /** Default 2. */
  readonly growthFactor?: number;
  /** Default 0.5. */
  readonly backoffFactor?: number;
  /** Steps without overflow before the scale grows. Default 2000. */
  readonly growthInterval?: number;
}

export interface GradientScaler {
  readonly enabled: boolean;
  /** The state before the first step. */
  init(): GradientScale;
  /** What to take the gradient of. `loss`: scalar. */
  scaleLoss(loss: tf.Tensor, state: GradientScale): tf.Tensor;
  /**
   * Gradients of the loss itself out of those of the scaled loss, in the same order, and whether all of them are finite (bool
   * scalar). Clipping comes after it: a norm limit holds for gradients that are not scaled.
   */
  unscale<G extends tf.Tensor | undefined>(
    grads: readonly G[],
    state: GradientScale,
  ): { readonly grads: G[]; readonly finite: tf.Tensor };
  /** `next` if the step is taken, else `old`: parameters and optimizer slots of a step with an overflow stay as they were. */
  guard(finite: tf.Tensor, next: tf.Tensor, old: tf.Tensor): tf.Tensor;
  /** The scale of the next step: smaller after an overflow, larger after `growthInterval` steps without one. */
  update(finite: tf.Tensor, state: GradientScale): GradientScale;
}

/** The parts of a step with loss scaling. They are pure and read no values, so a compiled step can hold them. */
export function gradientScaler(options: GradientScalerOptions = {}): GradientScaler {
  const { enabled = true, initScale = 65536, growthFactor = 2, backoffFactor = 0.5, growthInterval = 2000 } = options;
  const init = (): GradientScale => ({ scale: tf.scalar(initScale), growthTracker: tf.scalar(0) });
  if (!enabled) {
    return {
      enabled,
      init,
      scaleLoss: (loss) => loss,
      unscale: (grads) => ({ grads: [...grads], finite: tf.scalar(true, "bool") }),
      guard: (_finite, next) => next,
      update: (_finite, state) => state,
    };
  }
  return {
    enabled,
    init,
    scaleLoss: (loss, { scale }) => tf.mul(loss, scale),
    unscale<G extends tf.Tensor | undefined>(grads: readonly G[], { scale }: GradientScale) {
      const by = tf.div(1, scale);
      const unscaled = grads.map((grad) => (grad === undefined ? grad : (tf.mul(grad, by) as G)));
      const allFinite = grads.flatMap((grad) => (grad === undefined ? [] : [tf.all(tf.isFinite(grad))]));
      const finite = allFinite.reduce<tf.Tensor>((so, far) => tf.logicalAnd(so, far), tf.scalar(true, "bool"));
      return { grads: unscaled, finite };
    },
    guard: (finite, next, old) => tf.where(finite, next, old),
    update(finite, { scale, growthTracker }) {
      const count = tf.add(growthTracker, 1);
      const isDue = tf.greaterEqual(count, growthInterval);
      const larger = tf.mul(scale, growthFactor);
      const grown = tf.where(tf.logicalAnd(isDue, tf.isFinite(larger)), larger, scale);
      const zero = tf.zerosLike(count);
      return {
        scale: tf.where(finite, grown, tf.mul(scale, backoffFactor)),
        growthTracker: tf.where(tf.logicalAnd(finite, tf.logicalNot(isDue)), count, zero),
      };
    },
  };
}
