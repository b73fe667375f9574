/** Conv2DBackpropFilter: the gradient of Conv2D for the kernel, a convolution of the image with the dilated dy where batch and channels swap places. */
import { convolution } from "@l3m/stablehlo";
import { backend_util, type Conv2DBackpropFilterAttrs } from "@tensorflow/tfjs-core";
import { unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { exactly } from "../lowering/mat-mul.ts";
import { type Shape4D } from "../lowering/window-info.ts";

export const conv2DBackpropFilter = lowering<"x" | "dy", Conv2DBackpropFilterAttrs>(
  "Conv2DBackpropFilter",
  ({ x, dy }, { strides, pad, dataFormat, dimRoundingMode, filterShape }) => {
    const [image, gradient] = unify(x.value, dy.value);
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const info = backend_util.computeConv2DInfo(
      [...image.type.shape] as Shape4D,
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    const last = info.dataFormat === "channelsLast";
    const padding = (
      extent: number,
      out: number,
      stride: number,
      size: number,
      before: number,
    ): readonly [number, number] => [before, size + (out - 1) * stride - extent - before];
    const value = convolution(image, gradient, {
      ...exactly(image),
      layout: { input: last ? "f01b" : "fb01", kernel: last ? "i01o" : "io01", output: "01bf" },
      padding: [
        padding(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top),
        padding(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left),
      ],
      rhsDilation: [info.strideHeight, info.strideWidth],
    });
    return { value, dtype: "float32" };
  },
);
