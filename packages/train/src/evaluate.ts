/** Validation: the model over whole data sets, scored by the metrics that apply to each. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { HostArray, Loss, Metric, MetricRun, Model } from "@l3m/core";
import type { Layout } from "@l3m/fsdp-mesh";
import type { Engine, Jitted } from "./engines/engine.ts";
import { ModelQueries } from "./model-queries.ts";
import { batchTensors } from "./step/batch-tensors.ts";
import { evalStep, type EvalReads } from "./step/eval-step.ts";
import { readRows } from "./step/read-rows.ts";
import type { ByPath, EvalState, TrainState } from "./step/train-state.ts";
import type { FiniteSource } from "./run/open-data.ts";
import type { Reporter } from "./run/reporter.ts";

/** One validation set with its metrics. */
export interface ValidationSet {
  readonly name: string;
  readonly source: FiniteSource;
  readonly metrics: readonly Metric[];
}

export interface Validation {
  /** `<set>/<score>` by name. */
  readonly scores: Readonly<Record<string, number>>;
  /** Finished metric runs by set, for the report's examples. */
  readonly runs: ReadonlyMap<string, readonly MetricRun[]>;
}

type EvalFunction = Jitted<[EvalState, ByPath], { outputs: ByPath; loss: Tensor }>;

export class Evaluator {
  /** By what they read. */
  readonly #steps = new Map<string, EvalFunction>();
  readonly #queries: ModelQueries;
  readonly #sets: readonly ValidationSet[];
  readonly #reporter: Reporter;

  /** @throws L3mError when a metric lacks something that it needs, such as a file of class names */
  constructor(parts: {
    engine: Engine;
    model: Model;
    loss: Loss;
    layout: Layout | undefined;
    sets: readonly ValidationSet[];
    reporter: Reporter;
  }) {
    const { engine, sets } = parts;
    this.#sets = sets;
    this.#reporter = parts.reporter;
    for (const set of sets) {
      const id = idOf(set);
      if (this.#steps.has(id)) continue;
      this.#steps.set(id, engine.jit(evalStep({ ...parts, reads: readsOf(set) }), { name: "validation" }));
    }
    this.#queries = new ModelQueries(new Set(sets.flatMap(({ metrics }) => metrics)), parts);
  }

  /** Scores every set. The loss is the mean over full batches, since the last one may be padded. */
  async run(state: TrainState): Promise<Validation> {
    const current = { params: state.params, working: state.working, buffers: state.buffers };
    const scores: Record<string, number> = {};
    const runs = new Map<string, readonly MetricRun[]>();
    for (const set of this.#sets) {
      const { name, source, metrics } = set;
      const step = this.#steps.get(idOf(set)) as EvalFunction;
      const started: MetricRun[] = [];
      for (const metric of metrics)
        started.push(metric.start(await this.#queries.prepare(metric, current, source.batchSize, this.#reporter)));
      const losses: number[] = [];
      let done = 0;
      for await (const { batch, rows } of source.batches()) {
        const tensors = batchTensors(batch);
        const { outputs, loss } = step(current, tensors);
        const host = await readRows(outputs, rows);
        for (const [i, metric] of metrics.entries()) started[i]?.update(partFor(metric, host));
        if (rows === source.batchSize) losses.push((await loss.data())[0] as number);
        for (const tensor of [...Object.values(tensors), ...Object.values(outputs), loss]) tensor.dispose();
        done += rows;
        this.#reporter.work(`validating on ${name}`, done, source.length);
      }
      if (losses.length > 0) scores[`${name}/loss`] = losses.reduce((sum, value) => sum + value, 0) / losses.length;
      for (const run of started)
        for (const [score, value] of Object.entries(await run.result())) scores[`${name}/${score}`] = value;
      runs.set(name, started);
    }
    return { scores, runs };
  }
}

/** What the metrics of a set read; sets that read the same share a compiled step. */
function readsOf({ metrics }: ValidationSet): EvalReads {
  return {
    keys: [...new Set(metrics.flatMap(({ reads }) => reads))].sort(),
    within: metrics.flatMap(({ readsWithin }) => readsWithin ?? []),
  };
}

function idOf(set: ValidationSet): string {
  const { keys, within } = readsOf(set);
  return JSON.stringify([keys, within.map(({ pattern, keys: inner }) => [pattern.source, inner])]);
}

/** What one metric gets of what all of them read. */
function partFor({ reads, readsWithin }: Metric, host: Readonly<Record<string, HostArray>>): Record<string, HostArray> {
  const nested = readsWithin === undefined ? [] : Object.keys(host).filter((key) => readsWithin.pattern.test(key));
  return Object.fromEntries([...reads, ...nested].map((key) => [key, host[key] as HostArray]));
}
