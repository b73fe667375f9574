/** Geometry of 2-D pooling. */
import { backend_util } from "@tensorflow/tfjs-core";
import { overImage, type Shape4D, spatialPadding } from "./window-info.ts";

export interface PoolAttrs {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Pooling always runs on `[batch, height, width, channels]`. */
export function poolInfo(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttrs,
): backend_util.Conv2DInfo {
  return backend_util.computePool2DInfo([...shape] as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
}

/** The window over all four dimensions. */
export function poolWindow(info: backend_util.Conv2DInfo): {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
} {
  const [height, width] = spatialPadding(info) as [readonly [number, number], readonly [number, number]];
  return {
    size: overImage(info, [info.effectiveFilterHeight, info.effectiveFilterWidth], 1),
    strides: overImage(info, [info.strideHeight, info.strideWidth], 1),
    padding: overImage<readonly [number, number]>(info, [height, width], [0, 0]),
  };
}
