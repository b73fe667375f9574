/** CounterUniform: floats of [0, 1), the upper 24 bits of random words. */
import { bitcastConvert, convert, multiply, shiftRightLogical } from "@l3m/stablehlo";
import { type RandomBitsAttrs } from "@l3m/tfjs-kernels";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { threefryWords } from "../lowering/threefry.ts";

export const counterUniform = lowering<"key", RandomBitsAttrs>("CounterUniform", ({ key }, { shape, stream }) => {
  const words = threefryWords(key.value, stream, shape);
  const mantissa = convert(bitcastConvert(shiftRightLogical(words, fullLike(words, 8)), "i32"), "f32");
  return { value: multiply(mantissa, fullLike(mantissa, 2 ** -24)), dtype: "float32" };
});
