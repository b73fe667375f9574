/**
 * Times the training step of a config on synthetic batches that are on the device already; prints one JSON line. The step is the
 * product's own (`createTraining`), and it is dispatched as the training loop does it: two in flight, numbers read late.
 * `--profile` writes which kernels the time of three more steps went to (and the trace itself beside, FILE.xplane.pb).
 * `--horizon` squeezes the schedule into N steps, so that the first ones do not all have the tiny rates of a long warm-up.
 *
 *   step CONFIG [--engine NAME] [--steps N] [--warmup N] [--batch N] [--accum N] [--set KEY=VALUE ...] [--flags="--xla_..."]
 *        [--cache DIR] [--horizon N] [--weights FILE] [--dump-weights FILE] [--dump-spec FILE]
 *        [--hlo FILE] [--profile FILE] [--from-data]
 *
 * Models of another shape than a language model or a CLIP take `--from-data`: the batch is the first of the config's own data
 * (its synthetic source, say), and the operations are counted in the traced model.
 */
import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import path from "node:path";
import { parseArgs } from "node:util";
import * as tf from "@l3m/core/tf";
import { isL3mError } from "@l3m/errors";
import { PjrtProfiler } from "@l3m/pjrt";
import preset from "@l3m/preset-l3m";
import { batchTensors, createTraining, openEngine, openExperiment, type TrainState } from "@l3m/train";
import { startExecuteClock } from "./execute-clock.ts";
import { experimentSpec } from "./experiment-spec.ts";
import { kernelTable, kernelTimes } from "./kernel-table.ts";
import { median } from "./median.ts";
import { H100_PEAK_FLOPS } from "./model-flops.ts";
import { runningClient } from "./running-client.ts";
import { ownBatch } from "./own-batch.ts";
import { syntheticBatch } from "./synthetic-batch.ts";
import { readWeights, writeWeights } from "./weights-file.ts";

type Tensor = tf.Tensor;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: "string", default: "xla" },
    steps: { type: "string", default: "20" },
    warmup: { type: "string", default: "5" },
    batch: { type: "string" },
    accum: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    flags: { type: "string", default: "" },
    cache: { type: "string" },
    weights: { type: "string" },
    "dump-weights": { type: "string" },
    "dump-spec": { type: "string" },
    horizon: { type: "string" },
    hlo: { type: "string" },
    profile: { type: "string" },
    "from-data": { type: "boolean", default: false },
  },
});
const [config = "configs/llm/257m.yaml"] = positionals;
const warmup = Number(options.warmup);
const total = warmup + Number(options.steps);
const started = performance.timeOrigin;

process.on("uncaughtException", (error) => {
  console.error(isL3mError(error) ? error.message : error);
  process.exit(1);
});

const experiment = await openExperiment(config, {
  preset,
  overrides: [
    ...(options.batch === undefined ? [] : [`data.train.batch_size=${options.batch}`]),
    ...(options.accum === undefined ? [] : [`optim.gradient_accumulation_steps=${options.accum}`]),
    ...(options.horizon === undefined ? [] : [`experiment.total_iterations=${options.horizon}`]),
    ...options.set,
  ],
});
const horizon = experiment.config.experiment.total_iterations;
const own = options["from-data"] ? await ownBatch(experiment) : undefined;
const { xla_flags: xlaFlags, deterministic } = experiment.config.experiment;
const engine = await openEngine(options.engine, {
  ...(options.cache === undefined ? {} : { cacheDir: path.resolve(options.cache) }),
  deterministic,
  xlaFlags: { ...xlaFlags, ...flagsOf(options.flags) },
});
const training = createTraining(experiment, engine, undefined);
const described = experimentSpec(experiment, training, { steps: total, horizon });
const spec = own === undefined ? described : { ...described, flops: own.flops };
if (options["dump-spec"] !== undefined) writeFileSync(options["dump-spec"], JSON.stringify(spec));

const batch = batchTensors(own?.batch ?? syntheticBatch(spec.inputs, spec.batch));
const state = options.weights === undefined ? await training.initialState() : storedState(options.weights);
if (options["dump-weights"] !== undefined) {
  const contents = Object.entries({ ...state.params, ...state.buffers, ...prefixed("batch.", batch) });
  await writeWeights(options["dump-weights"], new Map(contents));
}

const ready = performance.now();
const keys = Array.from({ length: total }, (_, step) =>
  tf.tensor1d([experiment.config.experiment.seed, step], "int32"),
);
await training.step.prepare(state, batch, inputsOf(0));
const compiled = performance.now();
const stepper = training.step.bind(state);
const waiting: Tensor[] = [];
const losses: number[] = [];
const norms: number[] = [];
const arrivals: number[] = [];
const hostMs: number[] = [];
const executeMs: number[] = [];
const inExecute = startExecuteClock();
let firstStepS = 0;
for (let step = 0; step < total; step++) {
  inExecute();
  const begin = performance.now();
  const inputs = inputsOf(step);
  const { metrics } = stepper.run(batch, inputs);
  tf.dispose([inputs.scalars, inputs.key]);
  waiting.push(metrics);
  hostMs.push(performance.now() - begin);
  executeMs.push(inExecute());
  if (step === 0) {
    await readOldest();
    firstStepS = (Date.now() - started) / 1000;
  } else if (waiting.length >= 2) await readOldest();
}
while (waiting.length > 0) await readOldest();

const intervals = arrivals.slice(warmup).map((time, i) => time - (arrivals[warmup + i - 1] as number));
const stepMs = median(intervals);
const report = training.step.reports[0];
const peakBytes = engine.memory()?.peakBytes;
if (options.profile !== undefined) await profileSteps(options.profile);
if (options.hlo !== undefined && report !== undefined) writeFileSync(options.hlo, report.text());
console.log(
  JSON.stringify({
    name: spec.name,
    who: "l3m",
    batch: spec.batch,
    accumulation: spec.accumulation,
    precision: spec.precision,
    parameters: spec.parameters,
    step_ms: round(stepMs, 2),
    min_ms: round(Math.min(...intervals), 2),
    samples_per_s: round((spec.batch / stepMs) * 1000, 1),
    mfu: round(spec.flops / (stepMs / 1000) / H100_PEAK_FLOPS, 4),
    flops: spec.flops,
    peak_gib: peakBytes === undefined ? null : round(peakBytes / 2 ** 30, 2),
    temp_gib: report === undefined ? null : round(report.memory.tempBytes / 2 ** 30, 2),
    trace_s: round((report?.traceMs ?? 0) / 1000, 2),
    compile_s: round((report?.compileMs ?? compiled - ready) / 1000, 2),
    from_cache: report?.fromCache ?? false,
    first_step_s: round(firstStepS, 2),
    host_ms: round(median(hostMs.slice(warmup)), 3),
    own_host_ms: round(median(hostMs.map((time, i) => time - (executeMs[i] ?? 0)).slice(warmup)), 3),
    loss0: losses[0],
    loss: losses.at(-1),
    losses: losses.slice(0, 20),
    grad_norms: norms.slice(0, 20),
    engine: engine.description,
    gpu: runningClient()?.devices[0]?.kind,
    notes: report?.notes,
    flags: options.flags,
    node: process.version,
  }),
);
await engine.stop();

function inputsOf(step: number): { key: Tensor; scalars: Tensor } {
  const key = keys[step] as Tensor;
  return { key: tf.clone(key), scalars: tf.tensor1d(training.scalars.values(step, horizon)) };
}

async function readOldest(): Promise<void> {
  const metrics = waiting.shift() as Tensor;
  const values = await metrics.data<"float32">();
  arrivals.push(performance.now());
  metrics.dispose();
  losses.push(values[training.metricNames.indexOf("loss")] as number);
  norms.push(values[training.metricNames.indexOf("grad_norm")] as number);
}

/** `--name=value` words as flags of every compilation. */
function flagsOf(text: string): Record<string, string | boolean> {
  const words = text.match(/[^\s=]+=\S*/g) ?? [];
  return Object.fromEntries(
    words.map((word) => {
      const [name = "", ...rest] = word.replace(/^--/, "").split("=");
      const value = rest.join("=");
      return [name, value === "true" || value === "false" ? value === "true" : value];
    }),
  );
}

function storedState(file: string): TrainState {
  const stored: Record<string, Tensor> = {};
  readWeights(file, (name, data, shape) => {
    if (name.startsWith("batch.")) return;
    stored[name] = tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32");
  });
  const pick = (specs: readonly { path: string }[]) =>
    Object.fromEntries(specs.map(({ path: name }) => [name, stored[name] as Tensor]));
  const { model, optimizer } = training;
  const zeros = () => Object.fromEntries(model.params.map(({ path: name, shape }) => [name, tf.zeros([...shape])]));
  return training.completeState({
    params: pick(model.params),
    buffers: pick(model.buffers),
    slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros()])),
    alive: tf.scalar(1),
  });
}

async function profileSteps(file: string): Promise<void> {
  const client = runningClient();
  const profiler = client === undefined ? undefined : PjrtProfiler.of(client.api);
  if (profiler === undefined) return console.error("this engine has no profiler");
  const steps = 3;
  profiler.start();
  for (let step = total; step < total + steps; step++) {
    const key = tf.tensor1d([0, step], "int32");
    const { metrics } = stepper.run(batch, { key, scalars: tf.tensor1d(training.scalars.values(0, horizon)) });
    await metrics.data();
  }
  const trace = profiler.stop();
  writeFileSync(`${file}.xplane.pb`, trace);
  writeFileSync(file, kernelTable(kernelTimes(trace), steps, 25));
}

function prefixed(prefix: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [prefix + key, tensor]));
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
