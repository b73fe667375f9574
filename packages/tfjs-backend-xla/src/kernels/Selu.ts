/** Selu: scaled exponential linear unit (Klambauer et al. 2017). */
import { compare, expm1, multiply, select } from "@l3m/stablehlo";
import { backend_util } from "@tensorflow/tfjs-core";
import { fullLike } from "../lowering/broadcast.ts";
import { floatUnary } from "../lowering/elementwise-kernel.ts";

export const selu = floatUnary("Selu", (x) => {
  const negative = multiply(fullLike(x, backend_util.SELU_SCALEALPHA), expm1(x));
  return select(compare("GE", x, fullLike(x, 0)), multiply(fullLike(x, backend_util.SELU_SCALE), x), negative);
});
