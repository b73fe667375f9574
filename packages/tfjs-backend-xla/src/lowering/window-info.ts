/** Convolution and pooling geometry of tfjs in StableHLO's terms. */
import { type ConvolutionLayout } from "@l3m/stablehlo";
import { type backend_util } from "@tensorflow/tfjs-core";

type Conv2DInfo = backend_util.Conv2DInfo;

/** What tfjs's geometry functions take. */
export type Shape4D = [number, number, number, number];

/** Padding of height and width. */
export function spatialPadding({ padInfo }: Conv2DInfo): readonly (readonly [number, number])[] {
  return [
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
  ];
}

/** Dimension letters of a Conv2D; kernels are always `[height, width, in, out]`. */
export function conv2dLayout({ dataFormat }: Conv2DInfo): ConvolutionLayout {
  return dataFormat === "channelsLast"
    ? { input: "b01f", kernel: "01io", output: "b01f" }
    : { input: "bf01", kernel: "01io", output: "bf01" };
}

/** Spreads spatial numbers over all four dimensions, with `other` for batch and channels. */
export function overImage<T>({ dataFormat }: Conv2DInfo, [height, width]: readonly [T, T], other: T): readonly T[] {
  return dataFormat === "channelsLast" ? [other, height, width, other] : [other, other, height, width];
}
