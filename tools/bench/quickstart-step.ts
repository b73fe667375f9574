/**
 * Times the training step of a config on one engine, in this process; prints one JSON line. Run by compare-engines.ts in
 * fresh processes, so that engines never share one.
 *
 *   npx tsx tools/bench/quickstart-step.ts ENGINE CONFIG STEPS
 */
import { performance } from "node:perf_hooks";
import * as tf from "@l3m/core/tf";
import preset from "@l3m/preset-l3m";
import { batchTensors, createTraining, openEngine, openExperiment, openTrainData, plainReporter } from "@l3m/train";

const started = performance.timeOrigin;
const [engineName = "xla-cpu", config = "configs/quickstart/clip.yaml", steps = "30"] = process.argv.slice(2);
const experiment = await openExperiment(config, {
  preset,
  overrides: ["data.train.workers=0", "data.train.prefetch=1"],
});
const engine = await openEngine(engineName);
const training = createTraining(experiment, engine, undefined);
const reporter = plainReporter(() => undefined);
const source = await openTrainData(experiment, reporter, undefined);
let state = await training.initialState();

const losses: number[] = [];
const stepMs: number[] = [];
const hostMs: number[] = [];
let firstStepMs = 0;
let cpuStart = process.cpuUsage();
let cpuMs = 0;
for (let step = 0; step < Number(steps); step++) {
  const { batch } = await source.next();
  cpuStart = process.cpuUsage();
  const start = performance.now();
  const tensors = batchTensors(batch);
  const inputs = { key: tf.tensor1d([0, step], "int32"), scalars: tf.tensor1d(training.scalars.values(step, 2500)) };
  const result = training.step(state, tensors, inputs);
  tf.dispose([...Object.values(tensors), inputs.key, inputs.scalars]);
  const dispatched = performance.now();
  losses.push((await result.metrics.data())[0] as number);
  result.metrics.dispose();
  const end = performance.now();
  state = result.state;
  if (step === 0) {
    firstStepMs = Date.now() - started;
  } else {
    const cpu = process.cpuUsage(cpuStart);
    cpuMs += (cpu.user + cpu.system) / 1000;
    stepMs.push(end - start);
    hostMs.push(dispatched - start);
  }
}
const report = training.step.reports[0];
console.log(
  JSON.stringify({
    engine: engine.name,
    stepMs: median(stepMs),
    dispatchMs: median(hostMs),
    cpuMs: cpuMs / stepMs.length,
    firstStepAfterStartMs: firstStepMs,
    ...(report === undefined
      ? {}
      : {
          traceMs: report.traceMs,
          compileMs: report.compileMs,
          fromCache: report.fromCache,
          tempBytes: report.memory.tempBytes,
        }),
    firstLoss: losses[0],
    lastLoss: losses.at(-1),
    losses,
  }),
);
await source.close();
await engine.stop();

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
