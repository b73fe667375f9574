/** CounterUniform: floats of [0, 1), the upper 24 bits of random words. */
import { type RandomBitsAttrs } from "@l3m/tfjs-kernels";
import { lowering } from "../lowering/kernel.ts";
import { uniformOf } from "../lowering/threefry.ts";

export const counterUniform = lowering<"key", RandomBitsAttrs>("CounterUniform", ({ key }, { shape, stream }) => ({
  value: uniformOf(key.value, stream, shape),
  dtype: "float32",
}));
