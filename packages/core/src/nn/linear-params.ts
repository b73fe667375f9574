/** Declares the parameters of a linear layer under PyTorch's names. */
import type { BuildContext } from "../build/build-context.ts";
import type { Initializer } from "../params/initializers.ts";
import type { Tensor } from "@tensorflow/tfjs-core";
import { linear } from "./linear.ts";

export interface LinearOptions {
  readonly in: number;
  readonly out: number;
  readonly bias?: boolean;
  /** Default: PyTorch's (`linear-default`) for weight and bias. */
  readonly init?: Initializer;
  readonly biasInit?: Initializer;
  /** Logical axes of the weight `[out, in]`. */
  readonly axes?: readonly [string, string];
}

/** `<name>.weight [out, in]` and `<name>.bias [out]`; returns the function that applies them. */
export function linearParams(context: BuildContext, name: string, options: LinearOptions): (x: Tensor) => Tensor {
  const fallback: Initializer = { kind: "linear-default", fan_in: options.in };
  const scope = context.scope(name);
  const axes = options.axes;
  const weight = scope.param("weight", [options.out, options.in], {
    init: options.init ?? fallback,
    role: "linear.weight",
    ...(axes === undefined ? {} : { axes }),
  });
  if (options.bias === false) return (x) => linear(x, weight.value);
  const bias = scope.param("bias", [options.out], {
    init: options.biasInit ?? fallback,
    role: "linear.bias",
    ...(axes === undefined ? {} : { axes: [axes[0]] }),
  });
  return (x) => linear(x, weight.value, bias.value);
}
