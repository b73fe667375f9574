/** Copies a block between row-major arrays: a shard out of a whole array, or back into it. */
import { sizeOf } from "@l3m/stablehlo";
import { type DeviceBytes } from "./element.ts";
import { type Shard } from "./placement.ts";

/** Calls `copy(whole, block, length)` with the offsets of every contiguous row of the block. */
function forEachRow(
  shape: readonly number[],
  { origin, extents }: Shard,
  copy: (whole: number, block: number, length: number) => void,
): void {
  if (shape.length === 0) return copy(0, 0, 1);
  const length = extents.at(-1) ?? 1;
  const rows = length === 0 ? 0 : sizeOf(extents) / length;
  const index = extents.map(() => 0);
  for (let row = 0; row < rows; row++) {
    let offset = 0;
    for (let d = 0; d < shape.length; d++)
      offset = offset * (shape[d] as number) + (origin[d] as number) + (index[d] as number);
    copy(offset, row * length, length);
    for (let d = shape.length - 2; d >= 0; d--) {
      index[d] = (index[d] as number) + 1;
      if ((index[d] as number) < (extents[d] as number)) break;
      index[d] = 0;
    }
  }
}

/** `block = whole[shard]`. */
export function extractShard(whole: DeviceBytes, shape: readonly number[], shard: Shard, block: DeviceBytes): void {
  forEachRow(shape, shard, (from, to, length) => block.set(whole.subarray(from, from + length), to));
}

/** `whole[shard] = block`. */
export function insertShard(whole: DeviceBytes, shape: readonly number[], shard: Shard, block: DeviceBytes): void {
  forEachRow(shape, shard, (to, from, length) => whole.set(block.subarray(from, from + length), to));
}
