/** A host batch as tensors: floats as float32, everything else as int32. */
import * as tf from "@l3m/core/tf";
import type { Batch } from "@l3m/core";
import type { Engine } from "../engines/engine.ts";
import type { ByPath } from "./train-state.ts";

/**
 * With an `engine` the arrays of the batch must not change until a result that depends on them was read; bytes are
 * widened here, so theirs may.
 */
export function batchTensors(batch: Batch, engine?: Pick<Engine, "tensorOver">): ByPath {
  return Object.fromEntries(
    Object.entries(batch.tensors).map(([key, { data, shape }]) => {
      const wide = data instanceof Uint8Array ? Int32Array.from(data) : data;
      if (engine !== undefined) return [key, engine.tensorOver(wide, shape)];
      return [key, tf.tensor(wide, [...shape], wide instanceof Float32Array ? "float32" : "int32")];
    }),
  );
}
