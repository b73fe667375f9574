/** CounterNormal: standard normals by the inverse error function, optionally truncated. */
import { add, bitcastConvert, convert, maximum, minimum, multiply, shiftRightLogical } from "@l3m/stablehlo";
import { type CounterNormalAttrs, normalRange } from "@l3m/tfjs-kernels";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { erfInverse } from "../lowering/erf-inverse.ts";
import { threefryWords } from "../lowering/threefry.ts";

export const counterNormal = lowering<"key", CounterNormalAttrs>(
  "CounterNormal",
  ({ key }, { shape, stream, bounds: limits }) => {
    const { scale, offset, bounds } = normalRange(limits);
    const words = threefryWords(key.value, stream, shape);
    const mantissa = convert(bitcastConvert(shiftRightLogical(words, fullLike(words, 9)), "i32"), "f32");
    const uniform = multiply(add(mantissa, fullLike(mantissa, 0.5)), fullLike(mantissa, 2 ** -23));
    const argument = add(multiply(uniform, fullLike(uniform, scale)), fullLike(uniform, offset));
    const normal = multiply(fullLike(argument, Math.SQRT2), erfInverse(argument));
    return {
      value: minimum(maximum(normal, fullLike(normal, bounds[0])), fullLike(normal, bounds[1])),
      dtype: "float32",
    };
  },
);
