/** Reshape: the same data in another shape. */
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { rawKernel } from "../lowering/kernel.ts";

export const reshape = rawKernel("Reshape", ({ x }, { shape }: { readonly shape: number[] }, backend) => {
  const info = x as TensorInfo;
  return backend.view(info, util.inferFromImplicitShape(shape, util.sizeFromShape(info.shape)));
});
