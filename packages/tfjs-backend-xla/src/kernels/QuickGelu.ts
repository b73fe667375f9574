/** QuickGelu: x sigmoid(1.702 x). */
import { logistic, multiply } from "@l3m/stablehlo";
import { QUICK_GELU_STEEPNESS } from "@l3m/tfjs-kernels";
import { activation } from "../lowering/activation-kernel.ts";
import { fullLike } from "../lowering/broadcast.ts";

export const quickGelu = activation("QuickGelu", (x) =>
  multiply(x, logistic(multiply(x, fullLike(x, QUICK_GELU_STEEPNESS)))),
);
