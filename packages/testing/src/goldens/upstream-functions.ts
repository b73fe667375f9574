/** Upstream functions that need no registry, and the exports that stand for them. */

/** Called with the row's arguments in order. */
export const UPSTREAM_FUNCTIONS: Readonly<Record<string, (...args: readonly never[]) => unknown>> = {
  relative_lengths: (lengths: readonly number[]) => {
    const total = lengths.reduce((sum, length) => sum + length, 0);
    return lengths.map((length) => length / total);
  },
};
