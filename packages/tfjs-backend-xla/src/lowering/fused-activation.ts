/** Bias and activation of tfjs's fused kernels. */
import { add, compare, exp, logistic, maximum, minimum, multiply, select, type Value } from "@l3m/stablehlo";
import { L3mError } from "@l3m/errors";
import { broadcastTo, fullLike } from "./broadcast.ts";
import { type Operand } from "./kernel.ts";

export interface FusedAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** `activation(x + bias)`. */
export function biasAndActivation(
  x: Value,
  bias: Operand | undefined,
  { activation = "linear", leakyreluAlpha = 0.2 }: FusedAttrs,
  slope: Operand | undefined,
): Value {
  const y = bias === undefined ? x : add(x, broadcastTo(bias.value, x.type.shape));
  const zero = fullLike(y, 0);
  switch (activation) {
    case "linear":
      return y;
    case "relu":
      return maximum(y, zero);
    case "relu6":
      return minimum(maximum(y, zero), fullLike(y, 6));
    case "sigmoid":
      return logistic(y);
    case "elu":
      return select(compare("GE", y, zero), y, add(exp(y), fullLike(y, -1)));
    case "leakyrelu":
      return select(compare("LT", y, zero), multiply(y, fullLike(y, leakyreluAlpha)), y);
    case "prelu":
      if (slope !== undefined)
        return select(compare("LT", y, zero), multiply(y, broadcastTo(slope.value, y.type.shape)), y);
  }
  throw new L3mError("L3M_UNSUPPORTED_KERNEL", {
    message: `unknown fused activation "${activation}"`,
    expected: "linear, relu, relu6, sigmoid, elu, leakyrelu or prelu with weights",
  });
}
