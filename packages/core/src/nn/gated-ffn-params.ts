/** Declares the parameters of a gated FFN under ml-l3m's names. D width, F hidden width. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { BuildContext } from "../build/build-context.ts";
import { linearParams } from "./linear-params.ts";

export interface GatedFfnOptions {
  /** D. */
  readonly in_features: number;
  /** Nominal hidden width; see {@link gatedWidth}. */
  readonly hidden_features: number;
  readonly multiple_of: number;
  readonly use_bias: boolean;
}

/** Hidden width of a gated FFN: two thirds of the nominal one, rounded up to a multiple (so that three matrices cost what two did). */
export function gatedWidth(hidden: number, multipleOf: number): number {
  return multipleOf * Math.ceil(Math.trunc((2 * hidden) / 3) / multipleOf);
}

/** `fc1` gate `[F, D]`, `fc2` down `[D, F]`, `fc3` up `[F, D]`; returns `fc2(product(fc1(x), fc3(x)))`, product the gate at work. */
export function gatedFfnParams(
  context: BuildContext,
  options: GatedFfnOptions,
): (x: Tensor, product: (gate: Tensor, up: Tensor) => Tensor) => Tensor {
  const { in_features: D, use_bias: bias } = options;
  const F = gatedWidth(options.hidden_features, options.multiple_of);
  const gate = linearParams(context, "fc1", { in: D, out: F, bias, axes: ["mlp", "embed"] });
  const down = linearParams(context, "fc2", { in: F, out: D, bias, axes: ["embed", "mlp"] });
  const up = linearParams(context, "fc3", { in: D, out: F, bias, axes: ["mlp", "embed"] });
  return (x, product) => down(product(gate(x), up(x)));
}
