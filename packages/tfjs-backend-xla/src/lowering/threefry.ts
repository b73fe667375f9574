/** Threefry-2x32 as integer operations: the same words as the host implementation in tfjs-kernels, under any sharding. */
import {
  add,
  bitcastConvert,
  convert,
  iota,
  multiply,
  or,
  reshape,
  shiftLeft,
  shiftRightLogical,
  sizeOf,
  slice,
  splat,
  type TensorType,
  type Value,
  xor,
} from "@l3m/stablehlo";
import { L3mError } from "@l3m/errors";
import { THREEFRY_PARITY, THREEFRY_ROTATIONS, type Words } from "@l3m/tfjs-kernels";
import { broadcastTo, fullLike } from "./broadcast.ts";

type Pair = readonly [Value, Value];

/** ui32 words of `shape`: element i is `x0 ^ x1` of the block with counter (0, i), row-major. `key` is int32 `[2]`. */
export function threefryWords(key: Value, stream: Words | undefined, shape: readonly number[]): Value {
  if (sizeOf(shape) > 2 ** 32)
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "too many random numbers in one tensor",
      expected: "at most 2^32",
      got: String(sizeOf(shape)),
    });
  const words = bitcastConvert(key, "ui32");
  const word = (at: number) => reshape(slice(words, [at], [at + 1]), []);
  const given: Pair = [word(0), word(1)];
  const scalar: TensorType = { shape: [], element: "ui32" };
  const streamKey =
    stream === undefined ? given : encrypt(given, [splat(stream[0] >>> 0, scalar), splat(stream[1] >>> 0, scalar)]);
  const type: TensorType = { shape: [...shape], element: "ui32" };
  const counter = flatIndex(type);
  const [x0, x1] = encrypt(streamKey, [splat(0, type), counter]);
  return xor(x0, x1);
}

/** f32 of [0, 1): the upper 24 bits of {@link threefryWords}. */
export function uniformOf(key: Value, stream: Words | undefined, shape: readonly number[]): Value {
  const words = threefryWords(key, stream, shape);
  const mantissa = convert(bitcastConvert(shiftRightLogical(words, fullLike(words, 8)), "i32"), "f32");
  return multiply(mantissa, fullLike(mantissa, 2 ** -24));
}

/** 20 rounds on a block of two words; the key is scalar or of the shape of the block. */
function encrypt(key: Pair, block: Pair): Pair {
  const like = block[0];
  const [k0, k1] = key;
  const parity = fullLike(k0, THREEFRY_PARITY);
  const keys = [k0, k1, xor(xor(k0, k1), parity)].map((word) => broadcastTo(word, like.type.shape));
  let x0 = add(block[0], keys[0] as Value);
  let x1 = add(block[1], keys[1] as Value);
  for (let round = 0; round < 20; round++) {
    const rotation = THREEFRY_ROTATIONS[round % 8] as number;
    x0 = add(x0, x1);
    x1 = xor(or(shiftLeft(x1, fullLike(x1, rotation)), shiftRightLogical(x1, fullLike(x1, 32 - rotation))), x0);
    if (round % 4 !== 3) continue;
    const injection = (round + 1) / 4;
    x0 = add(x0, keys[injection % 3] as Value);
    x1 = add(add(x1, keys[(injection + 1) % 3] as Value), fullLike(x1, injection));
  }
  return [x0, x1];
}

/** The row-major position of every element, as a sum over dimensions so that each device computes its own part. */
function flatIndex(type: TensorType): Value {
  let stride = 1;
  let index = splat(0, type);
  for (let dim = type.shape.length - 1; dim >= 0; dim--) {
    index = add(index, multiply(iota(type, dim), splat(stride, type)));
    stride *= type.shape[dim] ?? 1;
  }
  return index;
}
