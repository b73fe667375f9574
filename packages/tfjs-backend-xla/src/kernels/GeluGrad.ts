/** GeluGrad: dy times the derivative of Gelu. */
import { type GeluAttrs } from "@l3m/tfjs-kernels";
import { activationGrad } from "../lowering/activation-kernel.ts";
import { geluSlope } from "../lowering/gelu.ts";

export const geluGrad = activationGrad<GeluAttrs>("GeluGrad", geluSlope);
