/** Datasets that have something to load before their length is known. */
import type { Dataset } from "@l3m/core";

/** Called while a dataset gets ready. */
export type PrepareProgress = (done: number, total: number) => void;

/** A dataset that reads files (or makes them) before first use. */
export interface PreparableDataset extends Dataset {
  /** Loads what `length`, `concepts` and `get` need. A second call does nothing. */
  prepare(progress?: PrepareProgress): Promise<void>;
}

/** Prepares a dataset if it needs that. Call it before anything else. */
export async function prepareDataset(dataset: Dataset, progress?: PrepareProgress): Promise<void> {
  if (isPreparable(dataset)) await dataset.prepare(progress);
}

function isPreparable(dataset: Dataset): dataset is PreparableDataset {
  return "prepare" in dataset && typeof dataset.prepare === "function";
}
