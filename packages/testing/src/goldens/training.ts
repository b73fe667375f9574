/** The five training iterations of a configuration case. */
import { project } from "@l3m/core";
import { detach } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import { clipGradNorm } from "@l3m/optim";
import { casts, castParams, type GoldenPrecision } from "./bf16.ts";
import type { Comparison } from "./comparison.ts";
import { type Experiment, forward, inputsOf, valuesOf } from "./experiment.ts";
import { stored, toleranceOf } from "./expectations.ts";
import type { GoldenCase } from "./golden-case.ts";
import { differentiate } from "./gradients.ts";
import type { Surroundings } from "./handler.ts";
import { metricsIn } from "./loss-case.ts";
import { type HostResult, Program } from "./program.ts";
import { scaleShared } from "./shared-gradients.ts";

type Tensor = tf.Tensor;
type Row = Readonly<Record<string, unknown>>;

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

/** Trains from `start` and compares every step, and the parameters at the end. */
export async function train(
  golden: GoldenCase,
  { jit, precision }: Surroundings,
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
  const program = new Program((tensors) => trainStep(golden, experiment, training, tensors, precision), jit);
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
    if (!casts(golden, precision))
      comparison.numbers(`step ${t} metrics`, metricsIn(results), expected.metrics_last_chunk, tolerance);
  }
  // Adam divides every gradient by its size, so an element whose gradient is rounding noise moves as far as any other
  if (casts(golden, precision)) return;
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
  precision: GoldenPrecision,
): Map<string, Tensor> {
  const { model, optimizer, groups } = experiment;
  const masters = valuesOf(experiment, tensors);
  const values = castParams(golden, precision, model, masters);
  const trained = groups.flatMap(({ params }, g) => params.map((path) => ({ path, g })));
  const paths = trained.map(({ path }) => path);
  const chunks = training.gradient_accumulation_steps;
  const [rows] = [...tensors].flatMap(([name, { shape }]) => (name.startsWith("in.") ? [shape[0]] : []));
  const shared = chunks > 1 && rows === chunks;
  const results = new Map<string, Tensor>();
  let sums: (Tensor | undefined)[] = trained.map(() => undefined);
  for (let k = 0; k < chunks; k++) {
    const batch = new Map([...tensors].map(([name, x]) => [name, name.startsWith("in.") ? chunkOf(x, k, chunks) : x]));
    const { outputs, grads: exact } = differentiate(
      () => {
        const { loss, metrics, state } = forward(golden, experiment, values, batch);
        const reported = new Map<string, Tensor>([[`chunk_loss.${k}`, detach(loss)]]);
        if (k === chunks - 1)
          for (const [name, value] of Object.entries(metrics)) reported.set(`metric.${name}`, detach(value));
        for (const [path, value] of state.proposed) reported.set(`param.${path}`, detach(value));
        return { outputs: reported, scalar: tf.div(loss, chunks) };
      },
      paths.map((path) => values.get(path) as Tensor),
    );
    const grads = shared && k > 0 ? scaleShared(paths, exact, 2) : exact;
    sums = sums.map((sum, i) =>
      sum === undefined || grads[i] === undefined ? (sum ?? grads[i]) : tf.add(sum, grads[i]),
    );
    for (const [name, value] of outputs) {
      results.set(name, value);
      if (name.startsWith("param.")) values.set(name.slice("param.".length), value);
    }
  }
  const reached = trained.flatMap(({ path, g }, i) => (sums[i] === undefined ? [] : [{ path, g, grad: sums[i] }]));
  const limit = training.grad_clip ?? Infinity;
  const { norm, grads: clipped } = clipGradNorm(
    reached.map(({ grad }) => grad),
    limit,
  );
  results.set("norm", norm);
  const clipFactor = tf.minimum(tf.div(limit, tf.add(norm, 1e-6)), 1);
  const grads = shared
    ? scaleShared(
        reached.map(({ path }) => path),
        clipped,
        clipFactor,
      )
    : clipped;
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
    const next = optimizer.update({ param: masters.get(path) as Tensor, grad: grads[i] as Tensor, slots, scalars });
    results.set(`param.${path}`, project(next.param, projections.get(path)));
    for (const slot of optimizer.slots) results.set(`slot.${slot}.${path}`, next.slots[slot] as Tensor);
  }
  return results;
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
