/** The data of a run, as the loop and the evaluation see it. */
import path from "node:path";
import { type Batch, build, type Plugin } from "@l3m/core";
import type { DataSplit } from "@l3m/config";
import { type BatchSource, createLoader, type Pipeline, prepareDataset, SequentialSampler } from "@l3m/data";
import { L3mError } from "@l3m/errors";
import type { Experiment } from "./open-experiment.ts";
import { pipelineOf, type PipelineNodes } from "./pipeline-builder.ts";
import type { Reporter } from "./reporter.ts";

export interface FetchedBatch {
  readonly batch: Batch;
  /** Samples of this batch that could not be read and were replaced. */
  readonly skipped: number;
  /** State of the source right after this batch, as JSON. */
  readonly state: unknown;
}

/** Endless training batches with exact state. */
export interface TrainSource {
  /** A batch of its first sample. */
  readonly sample: Batch;
  next(): Promise<FetchedBatch>;
  close(): Promise<void>;
}

/** One pass over a validation set in batches of equal size; the last one is padded with its first row. */
export interface FiniteSource {
  readonly length: number;
  readonly batchSize: number;
  /** DataDict keys of its batches. */
  readonly keys: readonly string[];
  /** `rows` of each batch are real. */
  batches(): AsyncIterable<{ readonly batch: Batch; readonly rows: number }>;
  /** One sample before its transforms, for people to look at: an 8-bit RGB image `[H, W, 3]` and its text, where it has them. */
  sample(row: number): Promise<{
    readonly image?: { readonly data: Uint8Array; readonly shape: readonly number[] };
    readonly text: string;
  }>;
  /** Credits that must be shown with the data. */
  readonly credits: readonly string[];
}

/** What a check of the key flow needs to know of the data. */
export interface DataKeys {
  /** DataDict keys of a training batch. */
  readonly dataKeys: readonly string[];
  readonly validationKeys: Readonly<Record<string, readonly string[]>>;
}

/** The keys, and the first sample of the training data. */
export interface DataSample extends DataKeys {
  /** A training batch of one. */
  readonly trainBatch: Batch;
}

/** Opens the training data; with `state` it goes on right after the batch that the state belongs to. */
export async function openTrainData(experiment: Experiment, reporter: Reporter, state: unknown): Promise<TrainSource> {
  const { config, registry, plugins } = experiment;
  const split = config.data.train;
  const { pipeline, nodes } = await openPipeline(experiment, split, "data.train", reporter);
  const sample = await batchOfOne(pipeline);
  const sampler = build(registry, "sampler", split.sampler ?? "data/shuffled", {
    where: "data.train.sampler",
    parent: { dataset: pipeline.dataset, batch_size: split.batch_size, seed: config.experiment.seed },
  }).product;
  if (state !== undefined && state !== null) sampler.restore(state);
  const loader: BatchSource = await createLoader({
    pipeline,
    sampler,
    seed: config.experiment.seed,
    workers: split.workers,
    prefetch: split.prefetch,
    onSkip: ({ message }) => reporter.warn(`a sample is skipped and replaced:\n${message}`),
    ...(split.workers > 0
      ? { recipe: { builder: builderUrl(), plugins: workerModules(plugins), pipeline: nodes } }
      : {}),
  });
  let first: ReturnType<BatchSource["next"]> | undefined = loader.next(); // made while the engine compiles
  first.catch(() => undefined); // heard when its turn comes
  reporter.info(`data      ${pipeline.dataset.length} samples, batches of ${split.batch_size}`);
  return {
    sample,
    async next() {
      const loaded = await (first ?? loader.next());
      first = undefined;
      if (loaded !== undefined) return loaded;
      throw new L3mError("L3M_BAD_OPTION", {
        message: "The training data ended before the run.",
        where: { path: "data.train.sampler" },
        fix: "Use a sampler that repeats (data/shuffled, data/distinct-concepts), or fewer iterations.",
      });
    },
    close: () => loader.close(),
  };
}

/** Opens one validation set. */
export async function openValidationData(
  experiment: Experiment,
  name: string,
  reporter: Reporter,
): Promise<FiniteSource> {
  const split = experiment.config.data.val?.[name] as DataSplit;
  const { pipeline } = await openPipeline(experiment, split, `data.val.${name}`, reporter);
  const { dataset } = pipeline;
  const batchSize = split.batch_size;
  return {
    length: dataset.length,
    batchSize,
    keys: await keysOf(pipeline),
    credits: dataset.credits ?? [],
    async *batches() {
      const sampler = new SequentialSampler({ dataset, batchSize, seed: 0 });
      const loader = await createLoader({
        pipeline,
        sampler,
        seed: 0,
        badSamples: "drop",
        onSkip: ({ message }) => reporter.warn(message),
      });
      for (let loaded = await loader.next(); loaded !== undefined; loaded = await loader.next()) {
        const rows = Object.values(loaded.batch.tensors)[0]?.shape[0] ?? 0;
        yield { batch: padded(loaded.batch, batchSize), rows };
      }
      await loader.close();
    },
    async sample(row) {
      const sample = await dataset.get(row, NO_RANDOMNESS);
      const { image, text } = sample;
      const shown =
        typeof image === "object" && image.data instanceof Uint8Array
          ? { image: { data: image.data, shape: image.shape } }
          : {};
      return { ...shown, text: typeof text === "string" ? text : "" };
    },
  };
}

/** Validation samples that people look at draw nothing at random. */
const NO_RANDOMNESS = { uint32: () => 0, float: () => 0, below: () => 0, fork: () => NO_RANDOMNESS };

/** Reads one sample of every split. */
export async function readDataSample(experiment: Experiment, reporter: Reporter): Promise<DataSample> {
  const { train, val } = experiment.config.data;
  const first = async (split: DataSplit, where: string): Promise<Batch> =>
    batchOfOne((await openPipeline(experiment, split, where, reporter)).pipeline);
  const trainBatch = await first(train, "data.train");
  const sets = Object.entries(val ?? {}).map(
    async ([name, split]) => [name, Object.keys((await first(split, `data.val.${name}`)).tensors)] as const,
  );
  return {
    trainBatch,
    dataKeys: Object.keys(trainBatch.tensors),
    validationKeys: Object.fromEntries(await Promise.all(sets)),
  };
}

/** The parts of one split, with its data set prepared. */
async function openPipeline(
  experiment: Experiment,
  split: DataSplit,
  where: string,
  reporter: Reporter,
): Promise<{ readonly pipeline: Pipeline; readonly nodes: PipelineNodes }> {
  const { dataset, transforms, tokenizer, collate } = split;
  const nodes = {
    dataset,
    transforms,
    tokenizer,
    collate,
    where,
    folder: path.dirname(path.resolve(experiment.loaded.file)),
  };
  const pipeline = pipelineOf(experiment.registry, nodes);
  await prepareDataset(pipeline.dataset, (done, total) => reporter.work(`preparing ${where}`, done, total));
  return { pipeline, nodes };
}

/** DataDict keys of a batch. */
async function keysOf(pipeline: Pipeline): Promise<readonly string[]> {
  return Object.keys((await batchOfOne(pipeline)).tensors);
}

async function batchOfOne(pipeline: Pipeline): Promise<Batch> {
  const sampler = new SequentialSampler({ dataset: pipeline.dataset, batchSize: 1, seed: 0 });
  const loader = await createLoader({ pipeline, sampler, seed: 0, onSkip: () => undefined });
  return (await loader.next())?.batch ?? { tensors: {}, values: {} };
}

const DATA_KINDS: readonly string[] = ["dataset", "transform", "tokenizer", "collate"];

/** Modules that worker threads must load. */
function workerModules(plugins: readonly Plugin[]): string[] {
  const needed = plugins.filter(
    ({ provides, namespace }) => namespace !== "core" && provides.some(({ kind }) => DATA_KINDS.includes(kind)),
  );
  return needed.flatMap(({ module }) => (module === undefined ? [] : [module]));
}

/** Worker threads run compiled code, also when this module runs from its source under a test runner. */
function builderUrl(): string {
  return new URL(
    import.meta.url.endsWith(".ts") ? "../../dist/run/pipeline-builder.js" : "./pipeline-builder.js",
    import.meta.url,
  ).href;
}

function padded(batch: Batch, rows: number): Batch {
  const tensors = Object.fromEntries(
    Object.entries(batch.tensors).map(([key, { data, shape }]) => {
      const have = shape[0] ?? 0;
      if (have === rows) return [key, { data, shape }];
      const width = data.length / have;
      const whole = new (data.constructor as new (length: number) => typeof data)(rows * width);
      whole.set(data);
      for (let row = have; row < rows; row++) whole.set(data.subarray(0, width), row * width);
      return [key, { data: whole, shape: [rows, ...shape.slice(1)] }];
    }),
  );
  return { tensors, values: batch.values };
}
