/** Gelu: x Phi(x). */
import { type GeluAttrs } from "@l3m/tfjs-kernels";
import { activation } from "../lowering/activation-kernel.ts";
import { geluOf } from "../lowering/gelu.ts";

export const gelu = activation<GeluAttrs>("Gelu", geluOf);
