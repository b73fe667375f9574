/** Silu: x sigmoid(x). */
import { activation, siluOf } from "../lowering/activation-kernel.ts";

export const silu = activation("Silu", siluOf);
