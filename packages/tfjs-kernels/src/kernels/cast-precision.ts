/** CastPrecision: the physical number format of a value that tfjs calls float32. */
import { engine, getBackend, tensor, type DataId, type Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { roundToBf16 } from "../precision/bf16.ts";

/** How a float is stored. tfjs sees float32 in both cases. */
export type PhysicalDtype = "f32" | "bf16";

/** Kernel name. Input `x` float32. Output: the values rounded to `to`. The gradient is cast back to the format of `x`. */
export const CastPrecision = "CastPrecision";

export interface CastPrecisionAttrs {
  readonly to: PhysicalDtype;
}

/** A backend that stores floats in more than one format says which through this method. */
export interface PhysicalStorage {
  physicalDtype(dataId: DataId): PhysicalDtype;
}

/** Engines that only have float32 hold rounded values; this remembers which tensors stand for bf16 there. */
const emulated = new WeakMap<DataId, PhysicalDtype>();

const run = defineKernel<CastPrecisionAttrs>({
  name: CastPrecision,
  inputs: ["x"],
  fallback: ({ x }, { to }) => {
    const source = x as Tensor;
    const values = source.dataSync() as Float32Array;
    const result = tensor(to === "bf16" ? roundToBf16(values) : values, source.shape); // data of its own, which `emulated` knows
    if (to === "bf16") emulated.set(result.dataId, to);
    return result;
  },
  gradient: ([dy], [x]) => ({ x: () => castPrecision(dy as Tensor, physicalDtype(x as Tensor)) }),
});

/** `x` stored as `to`; `x` itself when it already is. */
export function castPrecision(x: Tensor, to: PhysicalDtype): Tensor {
  return physicalDtype(x) === to ? x : (run([x], { to })[0] as Tensor);
}

/** How `x` is stored on the current engine. */
export function physicalDtype(x: Tensor): PhysicalDtype {
  const backend: unknown = engine().findBackend(getBackend());
  if (hasPhysicalStorage(backend)) return backend.physicalDtype(x.dataId);
  return emulated.get(x.dataId) ?? "f32";
}

function hasPhysicalStorage(backend: unknown): backend is PhysicalStorage {
  return typeof backend === "object" && backend !== null && "physicalDtype" in backend;
}
