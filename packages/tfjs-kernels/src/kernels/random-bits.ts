/** RandomBits: 32 random bits an element, from Threefry-2x32. */
import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { threefryBits, type Words } from "../random/threefry.ts";

/** Kernel name. Input `key`: int32 `[2]`. Output: int32 `shape`. Element i depends on key, stream and i only. */
export const RandomBits = "RandomBits";

export interface RandomBitsAttrs {
  readonly shape: readonly number[];
  /** Which of the many independent streams of one key; see `streamOf`. Absent: the key is that of a stream, from `streamKey`. */
  readonly stream?: Words;
}

const run = defineKernel<RandomBitsAttrs>({
  name: RandomBits,
  inputs: ["key"],
  fallback: ({ key }, attrs) => tensor(hostBits(key, attrs), [...attrs.shape], "int32"),
});

/** Random words, int32 `shape`. */
export function randomBits(key: Tensor, attrs: RandomBitsAttrs): Tensor {
  return run([key], attrs)[0] as Tensor;
}

/** The same words on the host, for the fallbacks of the random kernels. */
export function hostBits(key: Tensor | undefined, attrs: RandomBitsAttrs): Int32Array {
  const [k0 = 0, k1 = 0] = key === undefined ? [] : key.dataSync();
  return threefryBits(
    [k0, k1],
    attrs.stream,
    attrs.shape.reduce((product, size) => product * size, 1),
  );
}
