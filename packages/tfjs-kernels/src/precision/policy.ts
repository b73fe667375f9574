/** Which number format each part of a training step uses. */
import type { PhysicalDtype } from "../kernels/cast-precision.ts";

/** `param`: masters and optimizer state. `compute`: matrix products and activations. `reduce`: gradients between devices. */
export interface PrecisionPolicy {
  readonly param: PhysicalDtype;
  readonly compute: PhysicalDtype;
  readonly reduce: PhysicalDtype;
}

/** Everything in single precision. */
export const FULL_PRECISION: PrecisionPolicy = { param: "f32", compute: "f32", reduce: "f32" };
