/** Validation: the model over whole data sets, scored by the metrics that apply to each. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { HostArray, Loss, Metric, MetricRun, Model } from "@l3m/core";
import type { Layout } from "@l3m/fsdp-mesh";
import type { Engine, Jitted } from "./engines/engine.ts";
import { batchTensors } from "./step/batch-tensors.ts";
import { evalStep } from "./step/eval-step.ts";
import type { ByPath, TrainState } from "./step/train-state.ts";
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

type EvalFunction = Jitted<
  [Pick<TrainState, "params" | "working" | "buffers">, ByPath],
  { outputs: ByPath; loss: Tensor }
>;

export class Evaluator {
  /** By the keys that they return. */
  readonly #steps = new Map<string, EvalFunction>();
  readonly #sets: readonly ValidationSet[];
  readonly #reporter: Reporter;

  constructor(parts: {
    engine: Engine;
    model: Model;
    loss: Loss;
    layout: Layout | undefined;
    sets: readonly ValidationSet[];
    reporter: Reporter;
  }) {
    this.#sets = parts.sets;
    this.#reporter = parts.reporter;
    for (const set of parts.sets) {
      const keys = keysOf(set);
      if (this.#steps.has(keys.join())) continue;
      this.#steps.set(keys.join(), parts.engine.jit(evalStep({ ...parts, keys }), { name: "validation" }));
    }
  }

  /** Scores every set. The loss is the mean over full batches, since the last one may be padded. */
  async run(state: TrainState): Promise<Validation> {
    const scores: Record<string, number> = {};
    const runs = new Map<string, readonly MetricRun[]>();
    for (const set of this.#sets) {
      const { name, source, metrics } = set;
      const step = this.#steps.get(keysOf(set).join()) as EvalFunction;
      const started = metrics.map((metric) => metric.start());
      const losses: number[] = [];
      let done = 0;
      for await (const { batch, rows } of source.batches()) {
        const tensors = batchTensors(batch);
        const { outputs, loss } = step(
          { params: state.params, working: state.working, buffers: state.buffers },
          tensors,
        );
        const host = await readRows(outputs, rows);
        for (const [i, metric] of metrics.entries())
          started[i]?.update(Object.fromEntries(metric.reads.map((key) => [key, host[key] as HostArray])));
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

/** DataDict keys that the metrics of a set read; sets with the same keys share a compiled step. */
function keysOf({ metrics }: ValidationSet): readonly string[] {
  return [...new Set(metrics.flatMap(({ reads }) => reads))].sort();
}

async function readRows(outputs: ByPath, rows: number): Promise<Record<string, HostArray>> {
  const entries = Object.entries(outputs).map(async ([key, tensor]) => {
    const data = await tensor.data();
    const width = tensor.shape.slice(1).reduce((product, size) => product * size, 1);
    const whole = tensor.shape.length === 0 || tensor.shape[0] === 1 ? data : data.slice(0, rows * width);
    const shape = whole === data ? tensor.shape : [rows, ...tensor.shape.slice(1)];
    return [key, { data: whole as HostArray["data"], shape }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
