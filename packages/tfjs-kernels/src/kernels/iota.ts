/** Iota: the index along one axis, without a host constant. */
import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";

/** Kernel name. No inputs. Output: int32 `shape`, each element its index along `axis`. */
export const Iota = "Iota";

export interface IotaAttrs {
  readonly shape: readonly number[];
  readonly axis: number;
}

const run = defineKernel<IotaAttrs>({
  name: Iota,
  inputs: [],
  fallback: (_inputs, { shape, axis }) => {
    const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    const size = shape[axis] ?? 1;
    const total = shape.reduce((product, n) => product * n, 1);
    return tensor(
      Int32Array.from({ length: total }, (_, i) => Math.floor(i / inner) % size),
      [...shape],
      "int32",
    );
  },
});

/** int32 `shape` holding each element's index along `axis` (default 0). */
export function iota(shape: readonly number[], axis = 0): Tensor {
  return run([], { shape, axis })[0] as Tensor;
}
