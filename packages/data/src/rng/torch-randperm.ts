/** `torch.randperm`: Fisher-Yates from the front. */
import type { SampleRng } from "@l3m/core";

/** A random order of 0..n-1, int32 `[n]`; takes n - 1 draws, as torch does below 2^32 / 20 items. */
export function torchRandperm(n: number, rng: SampleRng): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const j = i + rng.below(n - i);
    const moved = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = moved;
  }
  return order;
}
