/** RandomBits: Threefry-2x32 words, equal to the host's bit for bit. */
import { bitcastConvert } from "@l3m/stablehlo";
import { type RandomBitsAttrs } from "@l3m/tfjs-kernels";
import { lowering } from "../lowering/kernel.ts";
import { threefryWords } from "../lowering/threefry.ts";

export const randomBits = lowering<"key", RandomBitsAttrs>("RandomBits", ({ key }, { shape, stream }) => ({
  value: bitcastConvert(threefryWords(key.value, stream, shape), "i32"),
  dtype: "int32",
}));
