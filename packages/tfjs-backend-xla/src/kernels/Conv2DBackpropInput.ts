/** Conv2DBackpropInput: the gradient of Conv2D for the image, a convolution of the dilated dy with the flipped kernel. */
import { convolution } from "@l3m/stablehlo";
import { backend_util, type Conv2DBackpropInputAttrs } from "@tensorflow/tfjs-core";
import { unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { exactly } from "../lowering/mat-mul.ts";
import { conv2dLayout, type Shape4D } from "../lowering/window-info.ts";

export const conv2DBackpropInput = lowering<"dy" | "filter", Conv2DBackpropInputAttrs>(
  "Conv2DBackpropInput",
  ({ dy, filter }, { inputShape, strides, pad, dataFormat, dimRoundingMode }) => {
    const [gradient, kernel] = unify(dy.value, filter.value);
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const info = backend_util.computeConv2DInfo(
      inputShape,
      [...kernel.type.shape] as Shape4D,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    const { input, output } = conv2dLayout(info);
    const padding = (
      extent: number,
      out: number,
      stride: number,
      size: number,
      before: number,
    ): readonly [number, number] => {
      const low = size - 1 - before;
      return [low, extent + size - 1 - low - ((out - 1) * stride + 1)];
    };
    const value = convolution(gradient, kernel, {
      ...exactly(gradient),
      layout: { input: output, kernel: "01oi", output: input },
      padding: [
        padding(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top),
        padding(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left),
      ],
      lhsDilation: [info.strideHeight, info.strideWidth],
      windowReversal: [true, true],
    });
    return { value, dtype: "float32" };
  },
);
