/** `config_train`: a whole configuration; one forward and backward over the batch, then five training iterations. */
import {
  build,
  type Built,
  evalContext,
  type Loss,
  type Optimizer,
  project,
  ProposedState,
  type ReadWriteBlock,
  type Schedule,
  withParams,
} from "@l3m/core";
import { detach } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import { clipGradNorm, paramGroups, schedulerNode } from "@l3m/optim";
import { addMaskCounts, dictOf, lookUp, type InputFields } from "../case-dict.ts";
import { type Comparison } from "../comparison.ts";
import { names, stored, storedUnder, toleranceOf } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import { differentiate, withGradients } from "../gradients.ts";
import type { Handler, Surroundings } from "../handler.ts";
import { compareStored, parametersOf } from "../module-case.ts";
import { type HostResult, Program } from "../program.ts";
import { compareLoss, metricsIn } from "./criterion.ts";

type Tensor = tf.Tensor;
type Row = Readonly<Record<string, unknown>>;

interface Resolved {
  readonly model: { readonly meta_model: Row };
  readonly loss: Row;
  readonly optim: { readonly optimizer: Row; readonly scheduler: Row; readonly wd_exclude?: readonly string[] | null };
  readonly experiment: { readonly total_iterations: number };
}

interface Training {
  readonly gradient_accumulation_steps: number;
  readonly grad_clip: number | null;
  readonly steps: readonly {
    readonly iteration: number;
    readonly where: number;
    readonly lr: number;
    readonly chunk_losses: readonly number[];
    readonly loss: number;
    readonly grad_norm_before_clip: number;
    readonly metrics_last_chunk: Row;
  }[];
  readonly checksums_after_5: Readonly<Record<string, Row>>;
  readonly full_after_5: readonly string[];
  readonly not_compared: readonly string[];
}

/** Everything that the configuration describes. */
interface Experiment {
  readonly model: Built<ReadWriteBlock>;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly groups: readonly { readonly params: readonly string[]; readonly weightDecay: number }[];
}

export const configTrain: Handler = {
  builds: ({ fields }) => {
    const { model, loss, optim } = fields["resolved"] as Resolved;
    return { model: model.meta_model, loss, optimizer: optim.optimizer, scheduler: optim.scheduler };
  },
  async run(golden, surroundings) {
    const experiment = buildExperiment(golden, surroundings);
    const start = new Map(
      [...(await parametersOf(golden, experiment.model))].map(([path, value]) => [
        `param.${path}`,
        value as HostResult,
      ]),
    );
    const comparison = await wholeBatch(golden, surroundings, experiment, start);
    await train(golden, surroundings, experiment, start, comparison);
    return comparison;
  },
};

function buildExperiment(golden: GoldenCase, { registry, compat }: Surroundings): Experiment {
  const { model, loss, optim, experiment } = golden.fields["resolved"] as Resolved;
  const built = build(registry, "block", model.meta_model, { compat, where: "model.meta_model" });
  const optimizer = build(registry, "optimizer", optim.optimizer, { compat, where: "optim.optimizer" }).product;
  return {
    model: built,
    loss: build(registry, "loss", loss, { compat, where: "loss" }).product,
    optimizer,
    schedule: build(registry, "schedule", schedulerNode(optim.scheduler, experiment.total_iterations), {
      compat,
      where: "optim.scheduler",
    }).product,
    groups: paramGroups(built.params, { weightDecay: optimizer.weightDecay, wdExclude: optim.wd_exclude }).groups,
  };
}

/** Forward of model and loss on inputs `in.*` with parameters `values`. */
function forward(
  golden: GoldenCase,
  { model, loss }: Experiment,
  values: ReadonlyMap<string, Tensor>,
  tensors: ReadonlyMap<string, Tensor>,
) {
  const state = new ProposedState();
  const context = evalContext({ train: golden.fields["mode"] === "train", state });
  const fields = golden.fields as InputFields;
  const dict = addMaskCounts(dictOf(fields, tensors), fields, golden.tensors);
  const result = withParams(values, () => loss.forward(model.product.forward(dict, context), context));
  return { ...result, dict, state };
}

/** Parameters and buffers of `param.*`, clamped where the model says so. */
function valuesOf({ model }: Experiment, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const value = (path: string): Tensor => tensors.get(`param.${path}`) as Tensor;
  return new Map([
    ...model.params.map((spec): [string, Tensor] => [spec.path, project(value(spec.path), spec.project)]),
    ...model.buffers.map(({ path }): [string, Tensor] => [path, value(path)]),
  ]);
}

async function wholeBatch(
  golden: GoldenCase,
  surroundings: Surroundings,
  experiment: Experiment,
  start: ReadonlyMap<string, HostResult>,
): Promise<Comparison> {
  const program = new Program((tensors) => {
    const values = valuesOf(experiment, tensors);
    const xs = new Map(
      names(golden, "grads").map((name) => [
        name,
        (tensors.get(name.startsWith("in.") ? name : "") ?? values.get(name.replace(/^param\./, ""))) as Tensor,
      ]),
    );
    return withGradients(() => {
      const { loss, metrics, dict } = forward(golden, experiment, values, tensors);
      const outputs = new Map(names(golden, "outputs").map((name) => [`out.${name}`, lookUp(dict, name)]));
      outputs.set("loss", loss);
      for (const [name, value] of Object.entries(metrics)) outputs.set(`metric.${name}`, value);
      return { outputs, scalar: loss };
    }, xs);
  }, surroundings.jit);
  const results = await program.run(new Map([...start, ...inputsOf(golden)]));
  return compareLoss(golden, surroundings, results, compareStored(golden, surroundings, results));
}

async function train(
  golden: GoldenCase,
  { jit }: Surroundings,
  experiment: Experiment,
  start: ReadonlyMap<string, HostResult>,
  comparison: Comparison,
): Promise<void> {
  const training = golden.fields["training"] as Training;
  const tolerance = toleranceOf(golden, "training_loss");
  const { optimizer, groups, schedule } = experiment;
  const state = new Map(start);
  for (const { path, shape } of experiment.model.params) {
    for (const slot of optimizer.slots) state.set(`slot.${slot}.${path}`, zeros(shape));
  }
  const program = new Program((tensors) => trainStep(golden, experiment, training, tensors), jit);
  for (const [t, expected] of training.steps.entries()) {
    const lr = schedule(expected.where);
    comparison.number(`step ${t} lr`, lr, expected.lr, tolerance);
    const scalars = groups.flatMap(({ weightDecay }, g) =>
      Object.entries(optimizer.scalars(t + 1, { lr, weightDecay })).map(([name, value]): [string, HostResult] => [
        `scalar.${g}.${name}`,
        { data: Float32Array.of(value), shape: [], dtype: "float32" },
      ]),
    );
    const results = await program.run(new Map([...state, ...inputsOf(golden), ...scalars]));
    for (const name of state.keys()) state.set(name, results.get(name) ?? (state.get(name) as HostResult));
    const losses = expected.chunk_losses.map((_, k) => results.get(`chunk_loss.${k}`)?.data[0] as number);
    comparison.value(`step ${t} chunk_losses`, losses, expected.chunk_losses, tolerance);
    comparison.number(
      `step ${t} loss`,
      losses.reduce((sum, value) => sum + value, 0) / losses.length,
      expected.loss,
      tolerance,
    );
    comparison.number(
      `step ${t} grad_norm_before_clip`,
      results.get("norm")?.data[0],
      expected.grad_norm_before_clip,
      tolerance,
    );
    comparison.numbers(`step ${t} metrics`, metricsIn(results), expected.metrics_last_chunk, tolerance);
  }
  for (const [name, expected] of Object.entries(training.checksums_after_5)) {
    if (!training.not_compared.includes(name))
      comparison.value(
        `checksums_after_5.${name}`,
        checksums(state.get(`param.${name}`)),
        expected,
        toleranceOf(golden, "checksum"),
      );
  }
  for (const name of training.full_after_5) {
    comparison.array(
      `after5.param.${name}`,
      state.get(`param.${name}`),
      stored(golden, `after5.param.${name}`),
      toleranceOf(golden, "checksum"),
    );
  }
}

/** One iteration: gradients over equal chunks of the batch, clipping, update. Results under `param.*`, `slot.*` and the reported names. */
function trainStep(
  golden: GoldenCase,
  experiment: Experiment,
  training: Training,
  tensors: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const { model, optimizer, groups } = experiment;
  const values = valuesOf(experiment, tensors);
  const trained = groups.flatMap(({ params }, g) => params.map((path) => ({ path, g })));
  const chunks = training.gradient_accumulation_steps;
  const results = new Map<string, Tensor>();
  let sums: (Tensor | undefined)[] = trained.map(() => undefined);
  for (let k = 0; k < chunks; k++) {
    const batch = new Map([...tensors].map(([name, x]) => [name, name.startsWith("in.") ? chunkOf(x, k, chunks) : x]));
    const { outputs, grads } = differentiate(
      () => {
        const { loss, metrics, state } = forward(golden, experiment, values, batch);
        const reported = new Map<string, Tensor>([[`chunk_loss.${k}`, detach(loss)]]);
        for (const [name, value] of Object.entries(metrics)) reported.set(`metric.${name}`, detach(value));
        for (const [path, value] of state.proposed) reported.set(`param.${path}`, detach(value));
        return { outputs: reported, scalar: tf.div(loss, chunks) };
      },
      trained.map(({ path }) => values.get(path) as Tensor),
    );
    sums = sums.map((sum, i) =>
      sum === undefined || grads[i] === undefined ? (sum ?? grads[i]) : tf.add(sum, grads[i]),
    );
    for (const [name, value] of outputs) {
      results.set(name, value);
      if (name.startsWith("param.")) values.set(name.slice("param.".length), value);
    }
  }
  const reached = trained.flatMap(({ path, g }, i) => (sums[i] === undefined ? [] : [{ path, g, grad: sums[i] }]));
  const { norm, grads } = clipGradNorm(
    reached.map(({ grad }) => grad),
    training.grad_clip ?? Infinity,
  );
  results.set("norm", norm);
  const projections = new Map(model.params.map((spec) => [spec.path, spec.project]));
  for (const [i, { path, g }] of reached.entries()) {
    const prefix = `scalar.${g}.`;
    const scalars = Object.fromEntries(
      [...tensors]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
    const slots = Object.fromEntries(
      optimizer.slots.map((slot) => [slot, tensors.get(`slot.${slot}.${path}`) as Tensor]),
    );
    const next = optimizer.update({ param: values.get(path) as Tensor, grad: grads[i] as Tensor, slots, scalars });
    results.set(`param.${path}`, project(next.param, projections.get(path)));
    for (const slot of optimizer.slots) results.set(`slot.${slot}.${path}`, next.slots[slot] as Tensor);
  }
  return results;
}

function inputsOf(golden: GoldenCase): [string, HostResult][] {
  return [...storedUnder(golden, "in.")].map(([name, value]) => [`in.${name}`, value as HostResult]);
}

function chunkOf(x: Tensor, k: number, chunks: number): Tensor {
  const rows = (x.shape[0] ?? 0) / chunks;
  return chunks === 1 ? x : tf.slice(x, [k * rows, ...x.shape.slice(1).map(() => 0)], [rows, ...x.shape.slice(1)]);
}

function zeros(shape: readonly number[]): HostResult {
  return { data: new Float32Array(shape.reduce((product, size) => product * size, 1)), shape, dtype: "float32" };
}

/** Sum, sum of magnitudes, L2 norm, first and last value, in double precision. */
function checksums(array: HostResult | undefined): Readonly<Record<string, number>> | undefined {
  if (array === undefined) return undefined;
  const values = [...array.data];
  return {
    sum: values.reduce((sum, value) => sum + value, 0),
    abs_sum: values.reduce((sum, value) => sum + Math.abs(value), 0),
    l2: Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)),
    first: values[0] ?? NaN,
    last: values.at(-1) ?? NaN,
  };
}
