/** One batch from its indices: read, transform, collate. The same in every thread, so workers never change the numbers. */
import type { Batch, Sample } from "@l3m/core";
import { isL3mError, L3mError } from "@l3m/errors";
import { sampleRng } from "../rng/sample-rng.ts";
import { inOrder } from "../transforms/compose.ts";
import type { Pipeline } from "./pipeline.ts";

const READ_AT_ONCE = 8;
const REPLACEMENT_ATTEMPTS = 100;
/** From this attempt on a replacement may repeat a concept of the batch: the data may be too small to avoid it. */
const DISTINCT_ATTEMPTS = 50;

/** What to do about a sample that cannot be read: take another one, or make the batch smaller (in evaluation). */
export type BadSamplePolicy = "replace" | "drop";

/** The work of one batch. */
export interface BatchTask {
  readonly indices: Int32Array;
  readonly draw: number;
  readonly seed: number;
  readonly badSamples: BadSamplePolicy;
}

/** A sample that was left out. */
export interface SkippedSample {
  readonly index: number;
  /** The full text of its error. */
  readonly message: string;
}

/** The batch (undefined if every sample was dropped) and what is missing from it. */
export interface MadeBatch {
  readonly batch: Batch | undefined;
  readonly skipped: readonly SkippedSample[];
}

/** Makes one batch. Errors other than `L3M_BAD_SAMPLE` are thrown on. */
export async function makeBatch(pipeline: Pipeline, task: BatchTask): Promise<MadeBatch> {
  const skipped: SkippedSample[] = [];
  const used = new Set<number>();
  for (const index of task.indices) used.add(identityOf(pipeline, index));
  const attempt = (index: number): Promise<Sample | undefined> =>
    loadSample(pipeline, index, task).catch((error: unknown) => {
      if (!isL3mError(error) || error.code !== "L3M_BAD_SAMPLE") throw error;
      skipped.push({ index, message: error.message });
      return undefined;
    });

  const samples: (Sample | undefined)[] = [];
  for (let first = 0; first < task.indices.length; first += READ_AT_ONCE) {
    samples.push(...(await Promise.all(Array.from(task.indices.subarray(first, first + READ_AT_ONCE), attempt))));
  }
  if (task.badSamples === "replace") {
    for (const [row, sample] of samples.entries()) {
      if (sample === undefined) samples[row] = await loadReplacement(pipeline, task, row, used, attempt);
    }
  }
  const whole = samples.filter((sample) => sample !== undefined);
  if (whole.length === 0) return { batch: undefined, skipped };
  const rng = sampleRng(task.seed, task.draw, task.indices[0] ?? 0).fork("collate");
  return { batch: pipeline.collate(whole, rng), skipped };
}

async function loadSample(
  { dataset, transforms }: Pipeline,
  index: number,
  { seed, draw }: BatchTask,
): Promise<Sample> {
  const rng = sampleRng(seed, draw, index);
  return inOrder(transforms)(await dataset.get(index, rng.fork("dataset")), rng);
}

/** Another sample, chosen by the index of the bad one, of a concept that is not in the batch yet. */
async function loadReplacement(
  pipeline: Pipeline,
  task: BatchTask,
  row: number,
  used: Set<number>,
  attempt: (index: number) => Promise<Sample | undefined>,
): Promise<Sample> {
  const rng = sampleRng(task.seed, task.draw, task.indices[row] ?? 0).fork("replacement");
  for (let tried = 0; tried < REPLACEMENT_ATTEMPTS; tried++) {
    const index = rng.below(pipeline.dataset.length);
    const identity = identityOf(pipeline, index);
    if (tried < DISTINCT_ATTEMPTS && used.has(identity)) continue;
    used.add(identity);
    const sample = await attempt(index);
    if (sample !== undefined) return sample;
  }
  throw new L3mError("L3M_BAD_SAMPLE", {
    message: `No readable sample was found in ${REPLACEMENT_ATTEMPTS} attempts to replace a bad one.`,
    fix: "Check the data: the warnings above name the files that cannot be read.",
  });
}

function identityOf({ dataset }: Pipeline, index: number): number {
  return dataset.concepts?.[index] ?? index;
}
