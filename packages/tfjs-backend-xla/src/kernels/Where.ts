/** Where: the coordinates of true elements. Their number depends on the data, so it runs on the host. */
import { type TensorInfo } from "@tensorflow/tfjs-core";
import { rawKernel } from "../lowering/kernel.ts";

export const where = rawKernel("Where", ({ condition }, _attrs, backend) => {
  const { dataId, shape } = condition as TensorInfo;
  const values = backend.readSync(dataId) as Uint8Array;
  const coordinates: number[] = [];
  values.forEach((value, at) => {
    if (value === 0) return;
    let rest = at;
    const position = shape.toReversed().map((extent) => {
      const coordinate = rest % extent;
      rest = Math.floor(rest / extent);
      return coordinate;
    });
    coordinates.push(...position.reverse());
  });
  const found = shape.length === 0 ? values.filter((value) => value !== 0).length : coordinates.length / shape.length;
  const result = [found, shape.length];
  return { dataId: backend.write(Int32Array.from(coordinates), result, "int32"), shape: result, dtype: "int32" };
});
