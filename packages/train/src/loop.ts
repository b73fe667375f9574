/**
 * The training loop. One pass of `while` is one optimizer step: fetch, dispatch, and read the numbers of the step before
 * last, so that the engine is never idle while the host looks at metrics.
 */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Batch } from "@l3m/core";
import type { L3mError } from "@l3m/errors";
import type { Engine, Jitted } from "./engines/engine.ts";
import { whileCompiling } from "./run/compile-progress.ts";
import type { MetricsLog } from "./run/metrics-log.ts";
import type { TrainSource } from "./run/open-data.ts";
import type { Reporter } from "./run/reporter.ts";
import { batchTensors } from "./step/batch-tensors.ts";
import type { StepScalars } from "./step/step-scalars.ts";
import type { MetricNames, StepInputs } from "./step/train-step.ts";
import type { ByPath, TrainState } from "./step/train-state.ts";

export type StepFunction = Jitted<[TrainState, ByPath, StepInputs], { state: TrainState; metrics: Tensor }>;

export interface LoopParts {
  readonly engine: Engine;
  readonly step: StepFunction;
  readonly metricNames: MetricNames;
  readonly scalars: StepScalars;
  readonly source: TrainSource;
  readonly log: MetricsLog;
  readonly reporter: Reporter;
  readonly seed: number;
  readonly total: number;
  readonly batchSize: number;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  readonly validateEvery: number | null;
  readonly allowNan: boolean;
  /** Steps that may be in flight before their metrics are read. */
  readonly depth: number;
  readonly signal: AbortSignal;
  readonly save: (state: TrainState, step: number, data: unknown) => Promise<void>;
  readonly validate: (state: TrainState, step: number) => Promise<void>;
  /** Explains a step that was not finite. `state` is what it was before that step. */
  readonly explain: (state: TrainState, batch: Batch, step: number, loss: number) => Promise<L3mError>;
}

/** A dispatched step whose numbers have not been read. */
interface InFlight {
  readonly step: number;
  readonly metrics: Tensor;
  readonly batch: Batch;
  readonly skipped: number;
  readonly dataBefore: unknown;
}

export interface LoopResult {
  readonly state: TrainState;
  readonly step: number;
  /** False when a signal ended it early. */
  readonly finished: boolean;
}

/** Trains from `startStep` completed steps. On an abort it saves a checkpoint and returns. @throws L3M_NOT_FINITE */
export async function runLoop(
  parts: LoopParts,
  initial: TrainState,
  startStep: number,
  startData: unknown,
): Promise<LoopResult> {
  const { total, source, reporter, signal } = parts;
  const stepper = parts.step.bind(initial);
  let step = startStep;
  let dataState = startData;
  let savedStep = startStep;
  const inFlight: InFlight[] = [];
  const clock = new Throughput(parts.batchSize);

  const readOldest = async (): Promise<void> => {
    const oldest = inFlight.shift();
    if (oldest === undefined) return;
    const values = await oldest.metrics.data();
    oldest.metrics.dispose();
    const named = Object.fromEntries(parts.metricNames.map((name, i) => [name, values[i] as number]));
    const { loss = NaN, grad_norm: gradNorm = NaN, ...rest } = named;
    if (!parts.allowNan && !(Number.isFinite(loss) && Number.isFinite(gradNorm))) {
      const error = await parts.explain(stepper.state(), oldest.batch, oldest.step, loss);
      if (error.details.data?.["stateIsFinite"] === true)
        await parts.save(stepper.state(), oldest.step - 1, oldest.dataBefore);
      throw error;
    }
    const rate = clock.tick();
    const lr = parts.scalars.lr(oldest.step - 1, total);
    parts.log.append({
      step: oldest.step,
      loss,
      lr,
      grad_norm: gradNorm,
      samples_per_s: round(rate),
      ...rest,
      ...(oldest.skipped > 0 ? { skipped: oldest.skipped } : {}),
    });
    if (oldest.step % parts.logEvery === 0 || oldest.step === total || oldest.step === startStep + 1) {
      const secondsLeft = ((total - oldest.step) * parts.batchSize) / rate;
      reporter.step({ step: oldest.step, total, loss, lr, gradNorm, samplesPerSecond: rate, secondsLeft });
    }
  };
  const drain = async (): Promise<void> => {
    while (inFlight.length > 0) await readOldest();
  };

  while (step < total && !signal.aborted) {
    // ---- fetch
    const { batch, skipped, state: afterBatch } = await source.next();
    const tensors = batchTensors(batch, parts.engine); // the loader keeps a batch until the second `next` after its own
    // ---- dispatch
    const inputs: StepInputs = {
      key: tf.tensor1d([parts.seed, step], "int32"),
      scalars: tf.tensor1d(parts.scalars.values(step, total)),
    };
    if (step === startStep) {
      await whileCompiling(reporter, parts.step.prepare(initial, tensors, inputs)); // signals are heard meanwhile
      for (const note of parts.step.reports.at(-1)?.notes ?? []) reporter.info(`engine    ${note}`);
    }
    const { metrics } = stepper.run(tensors, inputs);
    tf.dispose([...Object.values(tensors), inputs.key, inputs.scalars]);
    step += 1;
    inFlight.push({ step, metrics, batch, skipped, dataBefore: dataState });
    dataState = afterBatch;
    // ---- look at what is done
    const depth = step === startStep + 1 ? 1 : parts.depth; // the first numbers are shown at once
    while (inFlight.length >= depth) await readOldest();
    // ---- validate and save
    const isLast = step === total;
    if (parts.validateEvery !== null && step % parts.validateEvery === 0 && !isLast) {
      await drain();
      await parts.validate(stepper.state(), step);
      clock.restart();
    }
    if (step % parts.checkpointEvery === 0 && !isLast) {
      await drain();
      await parts.save(stepper.state(), step, dataState);
      savedStep = step;
      clock.restart();
    }
  }

  await drain();
  const finished = step >= total;
  if (step > savedStep) await parts.save(stepper.state(), step, dataState);
  return { state: stepper.state(), step, finished };
}

/** Samples a second over the last second or so, without counting pauses. */
class Throughput {
  readonly #batchSize: number;
  #times: number[] = [];

  constructor(batchSize: number) {
    this.#batchSize = batchSize;
  }
  tick(): number {
    this.#times.push(performance.now());
    if (this.#times.length > 20) this.#times.shift();
    const elapsed = (this.#times.at(-1) as number) - (this.#times[0] as number);
    return elapsed === 0 ? 0 : ((this.#times.length - 1) * this.#batchSize * 1000) / elapsed;
  }
  restart(): void {
    this.#times = [];
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
