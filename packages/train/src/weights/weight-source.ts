/** Weights by name, still in their files: what every format is read into. */
import type { TensorData, TensorSource } from "../checkpoint/tensor-source.ts";
import { ELEMENT_TYPES, type ElementTypeName } from "./element-type.ts";

/** A tensor of a file of weights. `dtype` and `read` are those of the values on the host. */
export interface WeightSource extends TensorSource {
  /** Element type in the file. */
  readonly stored: ElementTypeName;
  /** The names in the file that it is made of: its own, or several that a layout joins. */
  readonly from: readonly string[];
}

export type Weights = ReadonlyMap<string, WeightSource>;

/** A tensor called `name` in its file, whose bytes `read` brings. */
export function storedWeight(
  name: string,
  stored: ElementTypeName,
  shape: readonly number[],
  read: () => Promise<Uint8Array<ArrayBuffer>>,
): WeightSource {
  const { host, decode } = ELEMENT_TYPES[stored];
  return { dtype: host, stored, shape, from: [name], read: async (): Promise<TensorData> => decode(await read()) };
}
