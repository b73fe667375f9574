/** ExpandDims: the same data with a new axis of extent 1. */
import { type TensorInfo } from "@tensorflow/tfjs-core";
import { rawKernel } from "../lowering/kernel.ts";

export const expandDims = rawKernel("ExpandDims", ({ input }, { dim }: { readonly dim: number }, backend) => {
  const info = input as TensorInfo;
  const at = dim < 0 ? info.shape.length + 1 + dim : dim;
  return backend.view(info, info.shape.toSpliced(at, 0, 1));
});
