/** The DataDict: one mutable map from key to value that travels from the loader through the model into the loss. */
import type { Tensor } from "@tensorflow/tfjs-core";

/** Tensors, lists and maps of them, or plain values. */
export type DataValue =
  Tensor | readonly DataValue[] | { readonly [key: string]: DataValue } | string | number | boolean | null;

export type DataDict = Map<string, DataValue>;

/** True for a tensor of any copy of tfjs. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "dataId" in value && "shape" in value;
}
