/** The priority queue of BPE training: the most frequent pair first, among equals the smallest pair. A binary heap. */

/** A candidate merge: the pair, its count when it was queued, and the words in which it appeared. */
export interface MergeCandidate {
  readonly key: number;
  readonly count: number;
  readonly positions: ReadonlySet<number>;
}

function comesFirst(a: MergeCandidate, b: MergeCandidate): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key);
}

/** A heap of {@link MergeCandidate}s. */
export class MergeQueue {
  readonly #heap: MergeCandidate[] = [];

  push(candidate: MergeCandidate): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(candidate);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !comesFirst(candidate, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = candidate;
  }

  /** Removes and returns the first candidate; undefined when empty. */
  pop(): MergeCandidate | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const leftChild = heap[left];
      if (leftChild === undefined) break;
      const rightChild = heap[left + 1];
      const [down, child] =
        rightChild !== undefined && comesFirst(rightChild, leftChild) ? [left + 1, rightChild] : [left, leftChild];
      if (!comesFirst(child, last)) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = last;
    return first;
  }
}
