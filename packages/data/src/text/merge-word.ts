/** Byte-pair merging of one word: the lowest-ranked adjacent pair first, until no pair has a merge. */

/** Rank and result of every merge, keyed by {@link pairKey}. */
export type MergeTable = ReadonlyMap<number, { readonly rank: number; readonly id: number }>;

const KEY_BASE = 2 ** 26;

/** One number for two token ids (each below 2^26). */
export function pairKey(left: number, right: number): number {
  return left * KEY_BASE + right;
}

/** The two token ids of a {@link pairKey}. */
export function splitPairKey(key: number): [left: number, right: number] {
  return [Math.floor(key / KEY_BASE), key % KEY_BASE];
}

/** The ids of one word after all merges. Quadratic in the length of the word, which is short. */
export function mergeWord(symbols: readonly number[], merges: MergeTable): number[] {
  const ids = [...symbols];
  for (;;) {
    let best: { rank: number; id: number } | undefined;
    let bestAt = -1;
    for (let i = 0; i + 1 < ids.length; i++) {
      const merge = merges.get(pairKey(ids[i] ?? 0, ids[i + 1] ?? 0));
      if (merge !== undefined && (best === undefined || merge.rank < best.rank)) [best, bestAt] = [merge, i];
    }
    if (best === undefined) return ids;
    ids.splice(bestAt, 2, best.id);
  }
}
