/** How far two runs of the same experiment are apart. */
import type { TensorData } from "@l3m/train";

/** Relative L2 distance of all tensors taken as one vector: `|a - b| / |b|`. */
export function relativeL2(a: ReadonlyMap<string, TensorData>, b: ReadonlyMap<string, TensorData>): number {
  if (a.size !== b.size) return Infinity;
  let distance = 0;
  let length = 0;
  for (const [name, data] of b) {
    const other = a.get(name);
    if (other?.length !== data.length) return Infinity;
    for (let i = 0; i < data.length; i++) {
      distance += ((other[i] as number) - (data[i] as number)) ** 2;
      length += (data[i] as number) ** 2;
    }
  }
  return Math.sqrt(distance / length);
}

/** The largest `|a_i - b_i| / |b_i|` of two series of the same length. */
export function largestRelativeDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  return Math.max(...b.map((value, i) => Math.abs((a[i] as number) - value) / Math.abs(value)));
}
