/** One run from a config file to a report: what `l3m train` does, for programs. */
import * as tf from "@l3m/core/tf";
import { build, buildLoss, buildModel, type Batch, type Metric, type Model, type Optimizer, type Plugin } from "@l3m/core";
import type { L3mError } from "@l3m/errors";
import { createMesh, dataParallelLayout, deviceCount, type Layout } from "@l3m/fsdp-mesh";
import { readState, restoreState } from "./checkpoint/state-tensors.ts";
import { saveCheckpoint } from "./checkpoint/save-checkpoint.ts";
import type { Engine } from "./engines/engine.ts";
import { schedulerNode } from "@l3m/optim";
import { openEngine } from "./engines/open-engine.ts";
import { Evaluator, type Validation, type ValidationSet } from "./evaluate.ts";
import { runLoop } from "./loop.ts";
import { writeReport } from "./report/write-report.ts";
import { MetricsLog, readMetrics } from "./run/metrics-log.ts";
import { notFiniteError } from "./run/not-finite.ts";
import { openTrainData, openValidationData } from "./run/open-data.ts";
import { type Experiment, openExperiment } from "./run/open-experiment.ts";
import { plainReporter, type Reporter } from "./run/reporter.ts";
import { checkpointToResume } from "./run/resume.ts";
import { newRunDir, runDir, writeRunFile } from "./run/run-dir.ts";
import { lockRunDir } from "./run/run-lock.ts";
import { scoreRows } from "./run/score-rows.ts";
import { listenForStop } from "./run/signals.ts";
import { batchTensors } from "./step/batch-tensors.ts";
import { collectingContext } from "./step/forward-context.ts";
import { initialState } from "./step/initial-state.ts";
import { planParams } from "./step/param-plan.ts";
import { StepScalars } from "./step/step-scalars.ts";
import { type MetricNames, trainStep } from "./step/train-step.ts";
import { statePlacements } from "./step/state-placements.ts";
import type { TrainState } from "./step/train-state.ts";

export interface TrainOptions {
  /** `key=value` tokens, applied to the config. */
  readonly overrides?: readonly string[];
  /** Where the run is written. Default: `runs/<name>/<date>-<time>`. */
  readonly runDir?: string;
  /** Wins over `experiment.engine`. */
  readonly engine?: string;
  /** `auto` (default): go on from the newest whole checkpoint of the run directory, if there is one. `never`, or a checkpoint folder. */
  readonly resume?: string;
  /** Resume a checkpoint of another engine. */
  readonly allowEngineChange?: boolean;
  /** Plugins that need no `plugins:` line; pass the default export of `@l3m/preset-l3m`. */
  readonly preset?: readonly Plugin[];
  readonly reporter?: Reporter;
  /** Aborting it saves a checkpoint and returns. */
  readonly signal?: AbortSignal;
  /** Where plugins, compiled programs and data are cached. */
  readonly cacheDir?: string;
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
  const run = runDir(options.runDir ?? newRunDir(config.experiment.name, new Date()));
  const unlock = lockRunDir(run.path);
  const stop = listenForStop((signal) => reporter.info(`${signal}: saving, then leaving (once more to leave at once)`), options.signal);
  let engine: Engine | undefined;
  try {
    const layout = layoutOf(experiment);
    engine = await openEngine(options.engine ?? config.experiment.engine, {
      ...(layout === undefined ? {} : { mesh: layout.mesh }),
      ...(options.cacheDir === undefined ? {} : { cacheDir: options.cacheDir }),
      onProgress: (line) => reporter.info(line),
    });
    reporter.info(`engine    ${engine.description}`);
    reporter.info(`run       ${run.path}`);
    return await new Run(experiment, options, reporter, engine, layout, stop, run).execute();
  } finally {
    stop.release();
    await engine?.stop();
    unlock();
  }
}

function layoutOf({ config }: Experiment): Layout | undefined {
  if (config.mesh === null) return undefined;
  const { devices, dp_replicate, dp_shard } = config.mesh;
  const mesh = createMesh({ devices, dp_replicate: dp_replicate ?? undefined, dp_shard: dp_shard ?? undefined });
  return deviceCount(mesh) === 1 ? undefined : dataParallelLayout(mesh);
}

/** The parts of one run, wired together. */
class Run {
  readonly #experiment: Experiment;
  readonly #options: TrainOptions;
  readonly #reporter: Reporter;
  readonly #engine: Engine;
  readonly #layout: Layout | undefined;
  readonly #stop: ReturnType<typeof listenForStop>;
  readonly #run: ReturnType<typeof runDir>;
  readonly #model: Model;

  constructor(
    experiment: Experiment,
    options: TrainOptions,
    reporter: Reporter,
    engine: Engine,
    layout: Layout | undefined,
    stop: ReturnType<typeof listenForStop>,
    run: ReturnType<typeof runDir>,
  ) {
    this.#experiment = experiment;
    this.#options = options;
    this.#reporter = reporter;
    this.#engine = engine;
    this.#layout = layout;
    this.#stop = stop;
    this.#run = run;
    this.#model = buildModel(experiment.registry, experiment.config.model.meta_model, { where: "model.meta_model", compat: experiment.config.compat });
  }

  async execute(): Promise<TrainResult> {
    const { config, registry, loaded } = this.#experiment;
    const { experiment, optim } = config;
    const model = this.#model;
    const resolved = loaded.toYaml();
    const checkpoint = checkpointToResume({
      resume: this.#options.resume ?? "auto",
      run: this.#run,
      engine: this.#engine.name,
      allowEngineChange: this.#options.allowEngineChange ?? false,
      config: resolved,
      reporter: this.#reporter,
    });
    writeRunFile(this.#run.config, resolved);

    const compat = { compat: config.compat };
    const optimizer = build(registry, "optimizer", optim.optimizer, { where: "optim.optimizer", ...compat }).product;
    const schedule = build(registry, "schedule", typeof optim.scheduler === "string" ? optim.scheduler : schedulerNode(optim.scheduler, experiment.total_iterations), { where: "optim.scheduler", ...compat }).product;
    const loss = buildLoss(registry, config.loss, { where: "loss", ...compat });
    const valLoss = config.val_loss === null ? loss : buildLoss(registry, config.val_loss, { where: "val_loss", ...compat });
    const plan = planParams(model, optimizer, optim);
    const scalars = new StepScalars(optimizer, plan.groups, schedule);
    const names: MetricNames = [];
    const parameters = model.params.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
    this.#reporter.info(`model     ${(parameters / 1e6).toFixed(2)} M parameters, ${plan.trained.length} trained tensors`);

    const sets = await this.#validationSets();
    const source = await openTrainData(this.#experiment, this.#reporter, checkpoint?.loop.data);
    try {
      const layout = this.#layout;
      const placements = layout === undefined ? {} : statePlacements(model, optimizer, layout);
      const step = this.#engine.jit(
        trainStep(
          {
            model,
            loss,
            optimizer,
            plan,
            scalars,
            layout,
            gradClip: optim.grad_clip,
            accumulation: optim.gradient_accumulation_steps,
            checkpointing: config.model.activation_checkpointing,
            allowNan: experiment.allow_nan,
          },
          names,
        ),
        { name: "train", donate: [0], ...placements },
      );
      const startStep = checkpoint?.loop.step ?? 0;
      const state = checkpoint === undefined ? await this.#fresh(optimizer) : restoreState(model, checkpoint.tensors, optimizer.slots);
      if (checkpoint !== undefined) this.#reporter.info(`resuming  after step ${startStep} from ${checkpoint.path}`);
      const evaluator = new Evaluator({ engine: this.#engine, model, loss: valLoss, layout, sets, reporter: this.#reporter });
      const finished = readMetrics(this.#run.metrics).find((line) => line["final"] === true);
      const log = new MetricsLog(this.#run.metrics, startStep);

      const result = await runLoop(
        {
          step,
          metricNames: names,
          scalars,
          source,
          log,
          reporter: this.#reporter,
          seed: experiment.seed,
          total: experiment.total_iterations,
          batchSize: config.data.train.batch_size,
          logEvery: experiment.log_every,
          checkpointEvery: experiment.checkpoint_every,
          validateEvery: experiment.validate_every,
          allowNan: experiment.allow_nan,
          depth: this.#engine.compiles ? 2 : 1,
          signal: this.#stop.signal,
          save: (current, at, data) => this.#save(current, at, data, resolved),
          validate: async (current, at) => {
            const { scores } = await evaluator.run(current);
            log.append({ step: at, ...prefixed(scores) });
          },
          explain: (current, batch, at, value) => this.#explain(current, batch, at, value, loss),
        },
        state,
        startStep,
        checkpoint?.loop.data,
      );
      const base = { runDir: this.#run.path, step: result.step, finished: result.finished, stoppedBy: this.#stop.received() };
      if (!result.finished) return { ...base, scores: {} };
      if (finished !== undefined && finished.step === result.step && startStep === result.step) this.#reporter.info("the run was complete already; validating again");
      const validation = await evaluator.run(result.state);
      log.append({ step: result.step, final: true, ...prefixed(validation.scores) });
      await this.#report(validation, sets, resolved);
      return { ...base, scores: validation.scores };
    } finally {
      await source.close();
    }
  }

  async #fresh(optimizer: Optimizer): Promise<TrainState> {
    const { config } = this.#experiment;
    const seed = config.model.init_seed ?? config.experiment.seed;
    return initialState(this.#engine, this.#model, optimizer, seed);
  }

  async #validationSets(): Promise<ValidationSet[]> {
    const { config, registry } = this.#experiment;
    const metrics = config.metrics.map((node, i) => ({
      metric: build(registry, "metric", node, { where: `metrics.${i}`, compat: config.compat }).product,
      sets: typeof node === "string" ? undefined : node["dataset_name"],
    }));
    const applies = (sets: unknown, name: string): boolean => sets === undefined || sets === null || (Array.isArray(sets) ? sets.includes(name) : sets === name);
    return Promise.all(
      Object.keys(config.data.val ?? {}).map(async (name) => ({
        name,
        source: await openValidationData(this.#experiment, name, this.#reporter),
        metrics: metrics.filter(({ sets }) => applies(sets, name)).map(({ metric }): Metric => metric),
      })),
    );
  }

  async #save(state: TrainState, step: number, data: unknown, config: string): Promise<void> {
    const contents = {
      tensors: await readState(state),
      loop: { step, seed: this.#experiment.config.experiment.seed, data: data ?? null },
      config,
      engine: this.#engine.name,
      mesh: this.#layout === undefined ? null : { axes: this.#layout.mesh.axes },
    };
    saveCheckpoint(this.#run.checkpoints, contents, this.#experiment.config.experiment.keep_checkpoints);
  }

  async #explain(state: TrainState, batch: Batch, step: number, lossValue: number, loss: ReturnType<typeof buildLoss>): Promise<L3mError> {
    const key = tf.tensor1d([this.#experiment.config.experiment.seed, step - 1], "int32");
    const context = collectingContext({ train: true, key, checkpointing: "none", layout: undefined });
    return notFiniteError({ model: this.#model, loss, state, batch: batchTensors(batch), context, step, lossValue });
  }

  async #report(validation: Validation, sets: readonly ValidationSet[], resolved: string): Promise<void> {
    const scores = sets.map(({ name }) => ({ set: name, rows: scoreRows(validation.scores, name) }));
    for (const { set, rows } of scores) if (rows.length > 0) this.#reporter.scores(`validation on ${set}`, rows);
    await writeReport({
      file: this.#run.report,
      experiment: this.#experiment,
      engine: this.#engine.description,
      metrics: readMetrics(this.#run.metrics),
      scores,
      validation,
      sets,
      config: resolved,
    });
    this.#reporter.info(`report    ${this.#run.report}`);
  }
}

function prefixed(scores: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(scores).map(([name, value]) => [`val/${name}`, value]));
}
