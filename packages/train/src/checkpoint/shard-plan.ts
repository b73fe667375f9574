/** Which tensors share a file: in order, as many as fit. */
/** Bytes of tensors in one file, unless a single tensor is larger: few files, and each still easy to copy. */
export const SHARD_BYTES = 4e9;

/** At least one shard, each with at most `shardBytes` of tensors as `bytesOf` counts them; a larger tensor has one to itself. */
export function planShards<T>(
  tensors: ReadonlyMap<string, T>,
  shardBytes: number,
  bytesOf: (tensor: T) => number,
): readonly ReadonlyMap<string, T>[] {
  let shard = new Map<string, T>();
  let filled = 0;
  const shards = [shard];
  for (const [name, tensor] of tensors) {
    const bytes = bytesOf(tensor);
    if (shard.size > 0 && filled + bytes > shardBytes) {
      shards.push((shard = new Map()));
      filled = 0;
    }
    shard.set(name, tensor);
    filled += bytes;
  }
  return shards;
}
