/** Conv2D: a convolution of images. */
import { convolution } from "@l3m/stablehlo";
import { backend_util, type Conv2DAttrs } from "@tensorflow/tfjs-core";
import { unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { exactly } from "../lowering/mat-mul.ts";
import { conv2dLayout, type Shape4D, spatialPadding } from "../lowering/window-info.ts";

export const conv2D = lowering<"x" | "filter", Conv2DAttrs>(
  "Conv2D",
  ({ x, filter }, { strides, pad, dataFormat, dilations, dimRoundingMode }) => {
    const [image, kernel] = unify(x.value, filter.value);
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const info = backend_util.computeConv2DInfo(
      [...image.type.shape] as Shape4D,
      [...kernel.type.shape] as Shape4D,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    const value = convolution(image, kernel, {
      ...exactly(image),
      layout: conv2dLayout(info),
      strides: [info.strideHeight, info.strideWidth],
      padding: spatialPadding(info),
      rhsDilation: [info.dilationHeight, info.dilationWidth],
    });
    return { value, dtype: "float32" };
  },
);
