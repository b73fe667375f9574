/** QuickGeluGrad: dy times the derivative of QuickGelu, which is that of Silu at 1.702 x. */
import { multiply } from "@l3m/stablehlo";
import { QUICK_GELU_STEEPNESS } from "@l3m/tfjs-kernels";
import { activationGrad, siluSlope } from "../lowering/activation-kernel.ts";
import { fullLike } from "../lowering/broadcast.ts";

export const quickGeluGrad = activationGrad("QuickGeluGrad", (x) =>
  siluSlope(multiply(x, fullLike(x, QUICK_GELU_STEEPNESS))),
);
