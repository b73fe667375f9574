/** What the main thread and a loader worker say to each other. */
import { type ErrorCode, type ErrorDetails, isL3mError, L3mError } from "@l3m/errors";
import type { BadSamplePolicy, SkippedSample } from "./make-batch.ts";
import type { PipelineRecipe } from "./pipeline.ts";
import type { SharedBatch } from "./shared-batch.ts";

/** `workerData` of a worker. */
export interface WorkerSetup {
  readonly recipe: PipelineRecipe;
  readonly seed: number;
  readonly badSamples: BadSamplePolicy;
}

/** To the worker: make this batch, into this buffer if it fits. `"close"`: finish and end. */
export type WorkerRequest =
  | {
      readonly id: number;
      readonly indices: Int32Array;
      readonly draw: number;
      readonly buffer: SharedArrayBuffer | undefined;
    }
  | "close";

/** From the worker: the batch of a request, or why there is none. */
export type WorkerReply =
  | { readonly id: number; readonly shared: SharedBatch | undefined; readonly skipped: readonly SkippedSample[] }
  | { readonly id: number; readonly error: SentError };

/** An error as plain data. */
export type SentError =
  | { readonly code: ErrorCode; readonly details: ErrorDetails }
  | { readonly message: string; readonly stack: string | undefined };

/** Makes an error ready to be sent. An {@link L3mError} keeps all its parts but the cause. */
export function sendError(error: unknown): SentError {
  if (isL3mError(error)) {
    const { cause: _cause, ...details } = error.details;
    return { code: error.code, details };
  }
  return error instanceof Error
    ? { message: error.message, stack: error.stack }
    : { message: String(error), stack: undefined };
}

/** The error that was sent; our own bugs come back as `L3M_INVARIANT` with the stack of the worker as their cause. */
export function receiveError(sent: SentError): L3mError {
  if ("code" in sent) return new L3mError(sent.code, sent.details);
  return new L3mError("L3M_INVARIANT", {
    message: `A data worker failed: ${sent.message}`,
    fix: "This is a bug in a dataset, a transform or L3M; the stack follows as the cause.",
    cause: sent.stack ?? sent.message,
  });
}
