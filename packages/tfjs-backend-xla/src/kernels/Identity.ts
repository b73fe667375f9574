/** Identity: the same data. */
import { type TensorInfo } from "@tensorflow/tfjs-core";
import { rawKernel } from "../lowering/kernel.ts";

export const identity = rawKernel("Identity", ({ x }, _attrs, backend) =>
  backend.view(x as TensorInfo, (x as TensorInfo).shape),
);
