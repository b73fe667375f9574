/** Copies tensors of a batch to the host. */
import type { HostArray } from "@l3m/core";
import type { ByPath } from "./train-state.ts";

/** The first `rows` rows of every tensor; what has no axis of samples (none, or one of size 1) comes whole. */
export async function readRows(outputs: ByPath, rows: number): Promise<Record<string, HostArray>> {
  const entries = Object.entries(outputs).map(async ([key, tensor]) => {
    const data = await tensor.data();
    const width = tensor.shape.slice(1).reduce((product, size) => product * size, 1);
    const whole = tensor.shape.length === 0 || tensor.shape[0] === 1 ? data : data.slice(0, rows * width);
    const shape = whole === data ? tensor.shape : [rows, ...tensor.shape.slice(1)];
    return [key, { data: whole as HostArray["data"], shape }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
