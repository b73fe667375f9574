/** Which number format each part of a training step uses. */
import type { PhysicalDtype } from "../kernels/cast-precision.ts";

/**
 * `param`: masters and optimizer state. `compute`: the parameters as the model sees them, so its matrix products and
 * activations. `reduce`: gradients where they are summed (over parts of a batch, over devices, for clipping).
 */
export interface PrecisionPolicy {
  readonly param: PhysicalDtype;
  readonly compute: PhysicalDtype;
  readonly reduce: PhysicalDtype;
}

/** f32 masters, bf16 matrix products and activations, f32 gradients. */
export const MIXED_PRECISION: PrecisionPolicy = { param: "f32", compute: "bf16", reduce: "f32" };

/** Everything in single precision. */
export const FULL_PRECISION: PrecisionPolicy = { param: "f32", compute: "f32", reduce: "f32" };
