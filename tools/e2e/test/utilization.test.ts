/** MFU of a run, against its formula by hand. */
import path from "node:path";
import preset from "@l3m/preset-l3m";
import {
  createTraining,
  devicePeak,
  openExperiment,
  startTracingEngine,
  type TracingEngine,
  utilizationLine,
} from "@l3m/train";
import { afterEach, expect, it } from "vitest";
import { ROOT } from "../run-l3m.ts";

const LLM = path.join(ROOT, "configs/quickstart/llm.yaml");

let engine: TracingEngine | undefined;
afterEach(() => engine?.stop());

/** The line of a run of the LLM quickstart at 100,000 samples/s on a device of this kind. */
async function lineOn(deviceKind: string, precision: string): Promise<string | undefined> {
  const experiment = await openExperiment(LLM, { preset, overrides: [`+experiment.precision=${precision}`] });
  engine = await startTracingEngine("xla-cuda13");
  const training = createTraining(experiment, engine, undefined);
  const ids = { data: new Int32Array(128), shape: [1, 128] };
  const sample = { tensors: { text: ids, labels: ids }, values: {} };
  const lines = [0, 90_000, 100_000, 110_000].map((rate, step) => ({ step, samples_per_s: rate }));
  return utilizationLine({ ...engine, deviceKind }, training, sample, { batchSize: 8, lines });
}

it("is 6 x weights x tokens and 12 x layers x T x width a token, half of it as it is causal, over the peak", async () => {
  const [layers, width, hidden, vocab, T] = [3, 128, 344, 2048, 128];
  const experiment = await openExperiment(LLM, { preset });
  const matrices = experiment.check.parameters?.rows.filter(({ shape }) => shape.length === 2) ?? [];
  const weights = matrices.reduce((sum, { count }) => sum + count, 0);
  expect(weights).toBe(layers * (4 * width * width + 3 * width * hidden) + vocab * width);
  const perSample = T * (6 * weights + (12 * layers * T * width) / 2);
  const mfu = ((100 * perSample * 100_000) / 989.4e12).toFixed(1);
  expect(await lineOn("NVIDIA H100 80GB HBM3", "bf16")).toContain(`MFU ${mfu} % (H100 SXM)`);
});

it("is not said in f32, or of a device whose peak is not known", async () => {
  expect(await lineOn("NVIDIA H100 80GB HBM3", "f32")).toBeUndefined();
  await engine?.stop();
  expect(await lineOn("cpu", "bf16")).toBeUndefined();
});

it.each([
  ["NVIDIA H100 80GB HBM3", "H100 SXM"],
  ["NVIDIA H100 PCIe", "H100 PCIe"],
  ["NVIDIA H200", "H200"],
  ["NVIDIA A100-SXM4-80GB", "A100"],
  ["NVIDIA L40S", "L40S"],
  ["NVIDIA L4", "L4"],
])("%s is a %s", (kind, name) => {
  expect(devicePeak(kind)?.name).toBe(name);
});
