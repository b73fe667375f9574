/** The data loader: batches in the order of the sampler, made ahead by worker threads or on demand in this thread. */
import type { Batch, Sampler } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { prepareDataset } from "../datasets/prepare-dataset.ts";
import { type BatchMaker, closedError, type FinishedBatch } from "./batch-maker.ts";
import { type BadSamplePolicy, makeBatch, type SkippedSample } from "./make-batch.ts";
import type { Pipeline, PipelineRecipe } from "./pipeline.ts";
import { WorkerPool } from "./worker-pool.ts";

/** How batches are made. Content and order never depend on `workers` and `prefetch`. */
export interface LoaderOptions {
  /** Used in this thread when `workers` is 0, and for its `dataset` otherwise. */
  readonly pipeline: Pipeline;
  /** The same pipeline as data; needed when `workers` is above 0. */
  readonly recipe?: PipelineRecipe;
  /** Moves ahead of the batches handed out by as many as are prefetched: save the `state` of a batch, not the sampler's. */
  readonly sampler: Sampler;
  readonly seed: number;
  /** Threads; 0 makes batches in this one. Default 0. */
  readonly workers?: number;
  /** Batches made ahead: per worker (default 2), or in all without workers (default 0). */
  readonly prefetch?: number;
  /** What happens to samples that cannot be read. Default `replace`; `drop` suits evaluation. */
  readonly badSamples?: BadSamplePolicy;
  /** The part of each global batch that this process makes: the `index`-th of `count` equal slices. Default all of it. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Called once for every sample that cannot be read. Default: a process warning with the code and the path. */
  readonly onSkip?: (sample: SkippedSample) => void;
}

/** One batch with its place in the data. */
export interface LoadedBatch {
  /** With workers its arrays lie in shared memory, which is used again at the second `next()` after this one. */
  readonly batch: Batch;
  /** Samples of this batch that could not be read and were replaced or dropped. */
  readonly skipped: number;
  /** The sampler's state right after this batch. */
  readonly state: unknown;
}

/** A running loader. */
export interface BatchSource {
  /** The next batch; undefined at the end of a finite sampler. Throws what the dataset, a transform or the collation threw, and `L3M_USAGE` after `close`. */
  next(): Promise<LoadedBatch | undefined>;
  /** Ends all threads. Safe to call at any time and more than once. */
  close(): Promise<void>;
}

interface Ahead {
  readonly finished: Promise<FinishedBatch>;
  readonly state: unknown;
}

/** Starts a loader. Prepares the dataset first, so that what it makes once is made once, not by every worker. */
export async function createLoader(options: LoaderOptions): Promise<BatchSource> {
  await prepareDataset(options.pipeline.dataset);
  return new Loader(options);
}

class Loader implements BatchSource {
  readonly #options: LoaderOptions;
  readonly #maker: BatchMaker;
  readonly #depth: number;
  readonly #ahead: Ahead[] = [];
  readonly #handedOut: FinishedBatch[] = [];
  readonly #warned = new Set<number>();
  #closed = false;

  constructor(options: LoaderOptions) {
    const { workers = 0, recipe, seed, badSamples = "replace" } = options;
    this.#options = options;
    this.#depth = 1 + (options.prefetch ?? (workers === 0 ? 0 : 2)) * Math.max(1, workers);
    if (workers === 0) {
      this.#maker = inThisThread(options.pipeline, seed, badSamples);
    } else {
      invariant(recipe !== undefined, "a loader with workers needs a recipe");
      this.#maker = new WorkerPool(workers, { recipe, seed, badSamples });
    }
  }

  async next(): Promise<LoadedBatch | undefined> {
    for (;;) {
      if (this.#closed) throw closedError();
      this.#fill();
      const head = this.#ahead.shift();
      if (head === undefined) return undefined;
      const finished = await head.finished;
      finished.skipped.forEach((sample) => this.#warn(sample));
      if (finished.batch === undefined) continue; // every sample of it was dropped
      this.#recycle(finished);
      return { batch: finished.batch, skipped: finished.skipped.length, state: head.state };
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#maker.close();
  }

  #fill(): void {
    const { sampler, shard = { index: 0, count: 1 } } = this.#options;
    while (this.#ahead.length < this.#depth) {
      const plan = sampler.next();
      if (plan === undefined) return;
      const cut = (part: number): number => Math.floor((plan.indices.length * part) / shard.count);
      const finished = this.#maker.make({
        indices: plan.indices.slice(cut(shard.index), cut(shard.index + 1)),
        draw: plan.draw,
      });
      finished.catch(() => undefined); // heard when its turn comes
      this.#ahead.push({ finished, state: sampler.state() });
    }
  }

  /** Batches stay valid until the second `next()` after theirs. */
  #recycle(finished: FinishedBatch): void {
    this.#handedOut.push(finished);
    if (this.#handedOut.length > 2) this.#handedOut.shift()?.release();
  }

  #warn(sample: SkippedSample): void {
    if (this.#warned.has(sample.index)) return;
    this.#warned.add(sample.index);
    const warn =
      this.#options.onSkip ??
      (({ message }) =>
        process.emitWarning(`A sample is skipped. ${message}`, { type: "L3mWarning", code: "L3M_BAD_SAMPLE" }));
    warn(sample);
  }
}

function inThisThread(pipeline: Pipeline, seed: number, badSamples: BadSamplePolicy): BatchMaker {
  return {
    make: async (request) => ({
      ...(await makeBatch(pipeline, { ...request, seed, badSamples })),
      release: () => undefined,
    }),
    close: () => Promise.resolve(),
  };
}
