/** A host batch as tensors: floats as float32, everything else as int32. */
import * as tf from "@l3m/core/tf";
import type { Batch } from "@l3m/core";
import type { ByPath } from "./train-state.ts";

export function batchTensors(batch: Batch): ByPath {
  return Object.fromEntries(
    Object.entries(batch.tensors).map(([key, { data, shape }]) => [
      key,
      data instanceof Uint8Array
        ? tf.tensor(Int32Array.from(data), [...shape], "int32")
        : tf.tensor(data, [...shape], data instanceof Float32Array ? "float32" : "int32"),
    ]),
  );
}
