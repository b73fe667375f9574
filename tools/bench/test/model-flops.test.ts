/** Model FLOPs against the counts of docs/performance.md's rule, worked out by hand for the two large models of ml-l3m. */
import path from "node:path";
import preset from "@l3m/preset-l3m";
import { createTraining, type Engine, openEngine, openExperiment } from "@l3m/train";
import { afterAll, beforeAll, expect, it } from "vitest";
import { experimentSpec, type ExperimentSpec } from "../h100/experiment-spec.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
let engine: Engine;
beforeAll(async () => void (engine = await openEngine("tfjs-cpu")));
afterAll(() => engine.stop());

async function describe(config: string): Promise<ExperimentSpec> {
  const overrides = ["constants.source=synthetic", "experiment.precision=f32"];
  const experiment = await openExperiment(path.join(ROOT, config), { preset, overrides });
  return experimentSpec(experiment, createTraining(experiment, engine, undefined), { steps: 20, horizon: 200 });
}

it("counts the language model of 1.444 billion parameters", async () => {
  const spec = await describe("configs/llm/llm-1.4b.yaml");
  const [T, D, F, V] = [2047, 2048, 5632, 50432];
  const perToken = 6 * (24 * (4 * D * D + 3 * D * F) + D * V) + 6 * 24 * T * D;
  expect(spec).toMatchObject({ kind: "llm", parameters: 1_444_089_856, batch: 16, accumulation: 2 });
  expect(spec.flops).toBe(perToken * T * 16);
  expect(spec.lr).toHaveLength(20);
});

it("counts CLIP of 434 million parameters", async () => {
  const spec = await describe("configs/clip/clip-434m.yaml");
  const image = (6 * (24 * (4 * 1024 ** 2 + 3 * 1024 * 2816)) + 12 * 24 * 257 * 1024) * 257 + 6 * 588 * 1024 * 256;
  const text = (6 * (12 * (4 * 768 ** 2 + 3 * 768 * 2048)) + 6 * 12 * 77 * 768) * 77;
  const heads = 6 * (1024 * 768 + 768 * 768);
  expect(spec).toMatchObject({ kind: "clip", parameters: 433_534_465, batch: 128 });
  expect(spec.flops).toBe((image + text + heads) * 128);
});
