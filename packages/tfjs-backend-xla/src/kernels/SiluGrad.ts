/** SiluGrad: dy times the derivative of Silu. */
import { activationGrad, siluSlope } from "../lowering/activation-kernel.ts";

export const siluGrad = activationGrad("SiluGrad", siluSlope);
