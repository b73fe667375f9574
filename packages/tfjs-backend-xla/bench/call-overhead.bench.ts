/**
 * What a compiled step costs the host: 600 small tensors of state, a program that adds a number to each.
 * Prints microseconds per call (smallest and median) inside `PJRT_LoadedExecutable_Execute` and outside of it.
 * Run: nice -n -20 npx tsx --tsconfig tsconfig.test.json packages/tfjs-backend-xla/bench/call-overhead.bench.ts [cpu|cuda13]
 */
import * as tf from "@tensorflow/tfjs-core";
import { ensurePlugin, PjrtApi } from "@l3m/pjrt";
import { startXla } from "../src/index.ts";

const TENSORS = 600;
const CALLS = 1000;
const WARM_UP = 300;

type State = Record<string, tf.Tensor>;

const platform = process.argv[2] === "cuda13" ? "cuda13" : "cpu";
const engine = startXla({ pluginPath: await ensurePlugin(platform) });
let executeMs = 0;
const call = PjrtApi.prototype.call;
PjrtApi.prototype.call = function (this: PjrtApi, ...args: Parameters<typeof call>): void {
  if (args[0] !== "PJRT_LoadedExecutable_Execute") return call.apply(this, args);
  const start = performance.now();
  call.apply(this, args);
  executeMs += performance.now() - start;
};

const newState = (): State => Object.fromEntries(Array.from({ length: TENSORS }, (_, i) => [`p${i}`, tf.fill([8], i)]));
const step = engine.jit(
  (state: State, x: tf.Tensor) => ({
    state: Object.fromEntries(Object.entries(state).map(([name, value]) => [name, tf.add(value, x)])),
    metrics: tf.sum(x),
  }),
  { name: "step", donate: [0] },
);

async function measure(name: string, run: (x: tf.Tensor) => tf.Tensor): Promise<void> {
  const outside: number[] = [];
  const inside: number[] = [];
  for (let i = 0; i < CALLS; i++) {
    const x = tf.scalar(1);
    executeMs = 0;
    const start = performance.now();
    const metrics = run(x);
    const total = performance.now() - start;
    x.dispose();
    await metrics.data();
    metrics.dispose();
    if (i < WARM_UP) continue;
    outside.push(total - executeMs);
    inside.push(executeMs);
  }
  const show = (times: number[]): string => {
    times.sort((a, b) => a - b);
    const microseconds = (ms: number | undefined): string => ((ms ?? NaN) * 1000).toFixed(0);
    return `${microseconds(times[0])} / ${microseconds(times[times.length >> 1])}`;
  };
  console.log(`${name}: outside of Execute ${show(outside)} us, inside ${show(inside)} us`);
}

let state = newState();
await measure("pure function", (x) => {
  const result = step(state, x);
  state = result.state;
  return result.metrics;
});
tf.dispose(state);
const stepper = step.bind(newState());
await measure("bound state  ", (x) => stepper.run(x).metrics);
stepper.dispose();
await engine.stop();
