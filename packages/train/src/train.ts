/** One run from a config file to a report: what `l3m train` does, for programs. */
import * as tf from "@l3m/core/tf";
import type { Batch } from "@l3m/core";
import type { L3mError } from "@l3m/errors";
import type { Layout } from "@l3m/fsdp-mesh";
import type { LoadedCheckpoint } from "./checkpoint/load-checkpoint.ts";
import { placeOn } from "./checkpoint/place-on-engine.ts";
import { restoreState, savedTensors } from "./checkpoint/state-tensors.ts";
import { saveCheckpoint } from "./checkpoint/save-checkpoint.ts";
import type { DeviceMemory, Engine } from "./engines/engine.ts";
import { openEngine } from "./engines/open-engine.ts";
import { explainOutOfMemory } from "./engines/out-of-memory.ts";
import { utilizationLine } from "./estimate/utilization.ts";
import { Evaluator, type Validation, type ValidationSet } from "./evaluate.ts";
import { runLoop } from "./loop.ts";
import { writeReport } from "./report/write-report.ts";
import { openValidation } from "./run/open-validation.ts";
import { MetricsLog, readMetrics } from "./run/metrics-log.ts";
import { notFiniteError } from "./run/not-finite.ts";
import { openTrainData } from "./run/open-data.ts";
import { layoutOf } from "./run/layout-of.ts";
import { type Experiment, openExperiment, type OpenOptions } from "./run/open-experiment.ts";
import { plainReporter, type Reporter } from "./run/reporter.ts";
import { checkpointToResume } from "./run/resume.ts";
import { newRunDir, type RunDir, runDir, writeRunFile } from "./run/run-dir.ts";
import { lockRunDir } from "./run/run-lock.ts";
import { scoreRows } from "./run/score-rows.ts";
import { listenForStop } from "./run/signals.ts";
import { batchTensors } from "./step/batch-tensors.ts";
import { collectingContext } from "./step/forward-context.ts";
import type { TrainState } from "./step/train-state.ts";
import { createTraining, type Training } from "./training.ts";

export interface TrainOptions extends OpenOptions {
  /** Where the run is written. Default: `runs/<name>/<date>-<time>`. */
  readonly runDir?: string;
  /** Wins over `experiment.engine`. */
  readonly engine?: string;
  /** `auto` (default): go on from the newest whole checkpoint of the run directory, if there is one. `never`, or a checkpoint folder. */
  readonly resume?: string;
  /** Resume a checkpoint of another engine. */
  readonly allowEngineChange?: boolean;
  readonly reporter?: Reporter;
  /** Aborting it saves a checkpoint and returns. */
  readonly signal?: AbortSignal;
  /** Where plugins, compiled programs and data are cached. */
  readonly cacheDir?: string;
  /** Most bytes of tensors in one file of a checkpoint. Default 4e9. */
  readonly shardBytes?: number;
}

export interface TrainResult {
  readonly runDir: string;
  /** Optimizer steps done. */
  readonly step: number;
  /** False when a signal ended the run early; its checkpoint is saved. */
  readonly finished: boolean;
  /** The signal that did, if it was one. */
  readonly stoppedBy: NodeJS.Signals | undefined;
  /** Final validation scores, `<set>/<score>`. */
  readonly scores: Readonly<Record<string, number>>;
}

/**
 * Trains the experiment of `configFile`.
 *
 * @throws L3mError with code, place, what was expected and how to fix it; nothing that was saved is lost
 */
export async function train(configFile: string, options: TrainOptions = {}): Promise<TrainResult> {
  const reporter = options.reporter ?? plainReporter();
  const experiment = await openExperiment(configFile, options);
  const { config } = experiment;
  for (const { message } of experiment.check.warnings) reporter.warn(message);
  const dir = runDir(options.runDir ?? newRunDir(config.experiment.name, new Date()));
  const unlock = lockRunDir(dir.path);
  const stop = listenForStop(
    (signal) => reporter.info(`${signal}: saving, then leaving (once more to leave at once)`),
    options.signal,
  );
  let engine: Engine | undefined;
  try {
    const layout = layoutOf(experiment);
    engine = await openEngine(options.engine ?? config.experiment.engine, {
      ...(layout === undefined ? {} : { mesh: layout.mesh }),
      ...(options.cacheDir === undefined ? {} : { cacheDir: options.cacheDir }),
      deterministic: config.experiment.deterministic,
      xlaFlags: config.experiment.xla_flags,
      onProgress: (line) => reporter.info(line),
    });
    reporter.info(`engine    ${engine.description}`);
    reporter.info(`run       ${dir.path}`);
    return await new Run({ experiment, options, reporter, engine, layout, stop, dir }).execute();
  } finally {
    stop.release();
    await engine?.stop();
    unlock();
  }
}

/** The parts of one run, wired together. */
class Run {
  readonly #experiment: Experiment;
  readonly #options: TrainOptions;
  readonly #reporter: Reporter;
  readonly #engine: Engine;
  readonly #layout: Layout | undefined;
  readonly #stop: ReturnType<typeof listenForStop>;
  readonly #dir: RunDir;
  readonly #training: Training;
  /** The resolved configuration, as YAML. */
  readonly #resolved: string;

  constructor(parts: {
    readonly experiment: Experiment;
    readonly options: TrainOptions;
    readonly reporter: Reporter;
    readonly engine: Engine;
    readonly layout: Layout | undefined;
    readonly stop: ReturnType<typeof listenForStop>;
    readonly dir: RunDir;
  }) {
    this.#experiment = parts.experiment;
    this.#options = parts.options;
    this.#reporter = parts.reporter;
    this.#engine = parts.engine;
    this.#layout = parts.layout;
    this.#stop = parts.stop;
    this.#dir = parts.dir;
    this.#resolved = parts.experiment.loaded.toYaml();
    this.#training = createTraining(parts.experiment, parts.engine, parts.layout);
  }

  async execute(): Promise<TrainResult> {
    const { experiment, data } = this.#experiment.config;
    const { model, plan } = this.#training;
    const checkpoint = await checkpointToResume({
      resume: this.#options.resume ?? "auto",
      run: this.#dir,
      engine: this.#engine.name,
      allowEngineChange: this.#options.allowEngineChange ?? false,
      config: this.#resolved,
      reporter: this.#reporter,
    });
    const parameters = model.params.reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    );
    this.#reporter.info(
      `model     ${(parameters / 1e6).toFixed(2)} M parameters, ${plan.trained.length} trained tensors`,
    );
    for (const message of plan.warnings) this.#reporter.warn(message);

    const source = await openTrainData(this.#experiment, this.#reporter, checkpoint?.loop.data);
    try {
      // parameters are drawn, or read, while the validation data opens
      const [sets, state] = await Promise.all([
        openValidation(this.#experiment, Object.keys(source.sample.tensors), this.#reporter),
        checkpoint === undefined ? this.#training.initialState(this.#reporter) : this.#restored(checkpoint),
      ]);
      writeRunFile(this.#dir.config, this.#resolved);
      const startStep = checkpoint?.loop.step ?? 0;
      if (checkpoint !== undefined) this.#reporter.info(`resuming  after step ${startStep} from ${checkpoint.path}`);
      const evaluator = new Evaluator({
        engine: this.#engine,
        model,
        loss: this.#training.valLoss,
        layout: this.#layout,
        sets,
        reporter: this.#reporter,
      });
      const log = new MetricsLog(this.#dir.metrics, startStep);
      const result = await runLoop(
        {
          engine: this.#engine,
          step: this.#training.step,
          metricNames: this.#training.metricNames,
          scalars: this.#training.scalars,
          source,
          log,
          reporter: this.#reporter,
          seed: experiment.seed,
          total: experiment.total_iterations,
          batchSize: data.train.batch_size,
          logEvery: experiment.log_every,
          checkpointEvery: experiment.checkpoint_every,
          validateEvery: experiment.validate_every,
          allowNan: experiment.allow_nan,
          depth: this.#engine.compiles ? 2 : 1,
          signal: this.#stop.signal,
          save: (current, at, position) => this.#save(current, at, position),
          validate: async (current, at) => log.append({ step: at, ...prefixed((await evaluator.run(current)).scores) }),
          explain: (current, batch, at, value) => this.#explain(current, batch, at, value),
        },
        state,
        startStep,
        checkpoint?.loop.data,
      ).catch((error: unknown) => {
        throw explainOutOfMemory(error, "train step", [state]); // a device may report it when metrics are read
      });
      const base = {
        runDir: this.#dir.path,
        step: result.step,
        finished: result.finished,
        stoppedBy: this.#stop.received(),
      };
      if (!result.finished) return { ...base, scores: {} };
      const validation = await evaluator.run(result.state);
      log.append({ step: result.step, final: true, ...prefixed(validation.scores) });
      const memory = this.#engine.memory();
      if (memory !== undefined) this.#reporter.info(`memory    ${memoryLine(memory)}`);
      const compute = await utilizationLine(this.#engine, this.#training, source.sample, {
        batchSize: data.train.batch_size,
        lines: readMetrics(this.#dir.metrics).filter((line) => line.step > startStep),
      });
      if (compute !== undefined) this.#reporter.info(`compute   ${compute}`);
      await this.#report(validation, sets);
      return { ...base, scores: validation.scores };
    } finally {
      await source.close();
    }
  }

  async #restored({ tensors }: LoadedCheckpoint): Promise<TrainState> {
    const { model, optimizer } = this.#training;
    const place = placeOn(this.#engine, this.#layout);
    return this.#training.completeState(await restoreState(model, tensors, optimizer.slots, place));
  }

  async #save(state: TrainState, step: number, data: unknown): Promise<void> {
    const contents = {
      tensors: savedTensors(state),
      loop: { step, seed: this.#experiment.config.experiment.seed, data: data ?? null },
      config: this.#resolved,
      engine: this.#engine.name,
      mesh: this.#layout === undefined ? null : { axes: this.#layout.mesh.axes },
    };
    await saveCheckpoint(this.#dir.checkpoints, contents, {
      keep: this.#experiment.config.experiment.keep_checkpoints,
      shardBytes: this.#options.shardBytes,
    });
  }

  async #explain(state: TrainState, batch: Batch, step: number, lossValue: number): Promise<L3mError> {
    const key = tf.tensor1d([this.#experiment.config.experiment.seed, step - 1], "int32");
    const context = collectingContext({ train: true, key, checkpointing: "none", layout: undefined });
    const { model, loss } = this.#training;
    return notFiniteError({ model, loss, state, batch: batchTensors(batch), context, step, lossValue });
  }

  async #report(validation: Validation, sets: readonly ValidationSet[]): Promise<void> {
    const scores = sets.map(({ name }) => ({ set: name, rows: scoreRows(validation.scores, name) }));
    for (const { set, rows } of scores) if (rows.length > 0) this.#reporter.scores(`validation on ${set}`, rows);
    await writeReport({
      file: this.#dir.report,
      experiment: this.#experiment,
      engine: this.#engine.description,
      metrics: readMetrics(this.#dir.metrics),
      scores,
      validation,
      sets,
      config: this.#resolved,
    });
    this.#reporter.info(`report    ${this.#dir.report}`);
  }
}

/** `at most 31.2 GB of a device's 73.4 GB in use` */
function memoryLine({ peakBytes, limitBytes }: DeviceMemory): string {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  const limit = limitBytes === undefined ? "" : ` of a device's ${gigabytes(limitBytes)}`;
  return `at most ${gigabytes(peakBytes)}${limit} in use`;
}

function prefixed(scores: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(scores).map(([name, value]) => [`val/${name}`, value]));
}
