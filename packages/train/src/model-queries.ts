/** What metrics ask the model before a validation run, and the answers. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { HostArray, Metric, MetricQueries, Model } from "@l3m/core";
import type { Layout } from "@l3m/fsdp-mesh";
import type { Engine, Jitted } from "./engines/engine.ts";
import type { Reporter } from "./run/reporter.ts";
import { batchTensors } from "./step/batch-tensors.ts";
import { queryStep } from "./step/query-step.ts";
import { readRows } from "./step/read-rows.ts";
import type { ByPath, EvalState } from "./step/train-state.ts";

interface Question {
  readonly queries: MetricQueries;
  readonly step: Jitted<[EvalState, ByPath], Tensor>;
}

export class ModelQueries {
  readonly #questions = new Map<Metric, Question>();

  /** @throws L3mError when a metric lacks something that it needs, such as a file of class names */
  constructor(metrics: Iterable<Metric>, parts: { engine: Engine; model: Model; layout: Layout | undefined }) {
    for (const metric of metrics) {
      const queries = metric.queries?.();
      if (queries === undefined) continue;
      const step = parts.engine.jit(queryStep({ ...parts, queries }), { name: "queries" });
      this.#questions.set(metric, { queries, step });
    }
  }

  /** What `metric.start` takes: the model, as it is now, sees the queries in batches of one size. */
  async prepare(
    metric: Metric,
    state: EvalState,
    batchSize: number,
    reporter: Reporter,
  ): Promise<HostArray | undefined> {
    const question = this.#questions.get(metric);
    if (question === undefined) return undefined;
    const { queries, step } = question;
    const total = Object.values(queries.inputs)[0]?.shape[0] ?? 0;
    const answers: HostArray[] = [];
    for (let from = 0; from < total; from += batchSize) {
      const tensors = batchTensors({ tensors: rowsFrom(queries.inputs, from, batchSize), values: {} });
      const answer = step(state, tensors);
      const { [queries.reads]: rows } = await readRows({ [queries.reads]: answer }, Math.min(batchSize, total - from));
      answers.push(rows as HostArray);
      for (const tensor of [...Object.values(tensors), answer]) tensor.dispose();
      reporter.work("preparing metrics", Math.min(total, from + batchSize), total);
    }
    return queries.prepare(joined(answers, total));
  }
}

/** `count` rows of every input; after the last one come copies of the first. */
function rowsFrom(inputs: MetricQueries["inputs"], from: number, count: number): Record<string, HostArray> {
  const entries = Object.entries(inputs).map(([key, { data, shape }]): [string, HostArray] => {
    const [total = 0, ...rest] = shape;
    const width = data.length / total;
    const rows = new (data.constructor as new (length: number) => typeof data)(count * width);
    for (let row = 0; row < count; row++) {
      const at = from + row < total ? from + row : 0;
      rows.set(data.subarray(at * width, (at + 1) * width), row * width);
    }
    return [key, { data: rows, shape: [count, ...rest] }];
  });
  return Object.fromEntries(entries);
}

function joined(chunks: readonly HostArray[], total: number): HostArray {
  const data = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.data.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    data.set(chunk.data, at);
    at += chunk.data.length;
  }
  return { data, shape: [total, ...(chunks[0]?.shape.slice(1) ?? [])] };
}
