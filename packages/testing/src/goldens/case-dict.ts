/** The DataDict of a case: from stored inputs to keys, and from expected names back to values. */
import { type DataDict, type DataValue, isTensor } from "@l3m/core";
import type { Tensor } from "@l3m/core/tf";
import { L3mError } from "@l3m/errors";
import type { HostTensor } from "./safetensors.ts";

/** How a case hands its inputs over. */
export interface InputFields {
  /** Stored name (`in.x`) to key. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Keys whose entries `k.0`, `k.1`, ... form a list. */
  readonly list_inputs?: readonly string[];
  /** `<outer>.<inner>` form a map of maps. */
  readonly nested_inputs?: boolean;
}

/** A map that holds exactly the inputs. */
export function dictOf(fields: InputFields, tensors: ReadonlyMap<string, Tensor>): DataDict {
  const dict: DataDict = new Map();
  for (const [storedName, key] of Object.entries(fields.inputs ?? {})) {
    const tensor = tensors.get(storedName) as Tensor;
    const [outer, inner] = splitLast(key);
    if (fields.list_inputs?.includes(outer) === true) {
      const list = (dict.get(outer) ?? []) as Tensor[];
      list[Number(inner)] = tensor;
      dict.set(outer, list);
    } else if (fields.nested_inputs === true && inner !== "") {
      dict.set(outer, { ...(dict.get(outer) as Record<string, DataValue> | undefined), [inner]: tensor });
    } else dict.set(key, tensor);
  }
  return dict;
}

/**
 * Adds, for every stored boolean mask `[B, ...]` with the same number of true entries in each row, that number as
 * `<mask key>_num_true` and the number of false entries as `<mask key>_num_visible`: shapes are static, so blocks that
 * select by a mask take the number from there and never from the mask.
 */
export function addMaskCounts(
  dict: DataDict,
  { inputs = {} }: InputFields,
  stored: ReadonlyMap<string, HostTensor>,
): DataDict {
  for (const [name, key] of Object.entries(inputs)) {
    const mask = stored.get(name);
    if (mask?.dtype !== "BOOL" || mask.shape.length < 2) continue;
    const rows = mask.shape[0] ?? 0;
    const size = mask.data.length / rows;
    const counts = new Set(
      Array.from(
        { length: rows },
        (_, row) => mask.data.subarray(row * size, (row + 1) * size).filter((value) => value !== 0).length,
      ),
    );
    const [count = 0] = counts;
    if (counts.size === 1) dict.set(`${key}_num_true`, count).set(`${key}_num_visible`, size - count);
  }
  return dict;
}

/** What stands under an expected name: a key, or a list index or inner key after the last dot. */
export function lookUp(dict: DataDict, name: string): Tensor {
  const [outer, inner] = splitLast(name);
  const value = dict.get(name) ?? (dict.get(outer) as Readonly<Record<string, DataValue>> | undefined)?.[inner];
  if (isTensor(value)) return value;
  throw new L3mError("L3M_MISSING_KEY", {
    message: `The block did not write "${name}".`,
    expected: `"${name}" in the DataDict`,
    got: [...dict.keys()].join(", "),
    fix: "Compare the keys of the block's ports with upstream's.",
  });
}

function splitLast(name: string): [string, string] {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1)];
}
