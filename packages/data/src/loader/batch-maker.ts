/** Who makes batches: this thread, or worker threads. */
import type { Batch } from "@l3m/core";
import { L3mError } from "@l3m/errors";
import type { SkippedSample } from "./make-batch.ts";

/** What a maker needs to know of one batch. */
export interface BatchRequest {
  readonly indices: Int32Array;
  readonly draw: number;
}

/** A finished batch. `release` gives its memory back for another batch. */
export interface FinishedBatch {
  readonly batch: Batch | undefined;
  readonly skipped: readonly SkippedSample[];
  release(): void;
}

/** Makes batches, several at a time if asked. */
export interface BatchMaker {
  make(request: BatchRequest): Promise<FinishedBatch>;
  /** Ends all threads; batches under way are rejected. */
  close(): Promise<void>;
}

/** What a batch that nobody will make any more is rejected with. */
export function closedError(): L3mError {
  return new L3mError("L3M_USAGE", { message: "The data loader is closed." });
}
