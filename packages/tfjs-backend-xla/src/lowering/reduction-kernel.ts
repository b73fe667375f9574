/** Families of kernels that reduce along axes. */
import { convert, isFloat, reduce, type ReduceKind, type Value } from "@l3m/stablehlo";
import { type DataType } from "@tensorflow/tfjs-core";
import { normalizeAxes, restoreAxes } from "./axes.ts";
import { toNumber } from "./broadcast.ts";
import { type KernelLowering, lowering } from "./kernel.ts";

export interface ReductionAttrs {
  readonly axis?: number | readonly number[];
  /** Older name of `axis`. */
  readonly reductionIndices?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** Reduces in f32 what is narrower: a bf16 sum would lose most of its terms. */
export function reduceWide(x: Value, axes: readonly number[], kind: ReduceKind): Value {
  if (!isFloat(x.type.element) || kind === "maximum" || kind === "minimum") return reduce(x, { dims: axes, kind });
  return convert(reduce(convert(x, "f32"), { dims: axes, kind }), x.type.element);
}

/** A reduction of numbers; booleans count as 0 and 1 and give int32. */
export function reduction(kernelName: string, kind: ReduceKind): KernelLowering {
  return lowering<"x", ReductionAttrs>(kernelName, ({ x }, attrs) => {
    const axes = normalizeAxes(attrs.axis ?? attrs.reductionIndices, x.value.type.shape.length);
    const reduced = reduceWide(toNumber(x.value), axes, kind);
    const dtype: DataType = x.dtype === "bool" ? "int32" : x.dtype;
    return { value: restoreAxes(reduced, x.value.type.shape, axes, attrs.keepDims), dtype };
  });
}

/** A reduction of booleans. */
export function logicalReduction(kernelName: string, kind: "and" | "or"): KernelLowering {
  return lowering<"x", ReductionAttrs>(kernelName, ({ x }, attrs) => {
    const axes = normalizeAxes(attrs.axis ?? attrs.reductionIndices, x.value.type.shape.length);
    const reduced = reduce(convert(x.value, "i1"), { dims: axes, kind });
    return { value: restoreAxes(reduced, x.value.type.shape, axes, attrs.keepDims), dtype: "bool" };
  });
}
