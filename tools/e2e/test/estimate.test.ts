/** The memory that `l3m check` estimates, held against what PJRT says of the compiled step. */
import path from "node:path";
import preset from "@l3m/preset-l3m";
import { type BatchTypes, compileStep, estimateStep, openExperiment } from "@l3m/train";
import { expect, it } from "vitest";
import { ROOT } from "../run-l3m.ts";

const clip = (B: number): BatchTypes => ({
  image: { shape: [B, 3, 32, 32], dtype: "float32" },
  text: { shape: [B, 16], dtype: "int32" },
  text_mask: { shape: [B, 16], dtype: "int32" },
});
const llm = (B: number): BatchTypes => ({
  text: { shape: [B, 128], dtype: "int32" },
  labels: { shape: [B, 128], dtype: "int32" },
});

const QUICKSTARTS = [
  { config: "clip.yaml", overrides: [], types: clip },
  { config: "clip.yaml", overrides: ["+model.activation_checkpointing=block"], types: clip },
  { config: "clip-wasm.yaml", overrides: [], types: clip },
  { config: "llm.yaml", overrides: [], types: llm },
];

const quickstart = (config: string, overrides: readonly string[]) =>
  openExperiment(path.join(ROOT, "configs/quickstart", config), {
    preset,
    overrides: ["experiment.engine=xla-cpu", ...overrides],
  });

it.each(QUICKSTARTS)("$config $overrides: within 10 %", { timeout: 600_000 }, async ({ config, overrides, types }) => {
  const experiment = await quickstart(config, overrides);
  const batch = types(experiment.config.data.train.batch_size);
  const { memory } = await estimateStep(experiment, batch);
  const { argumentBytes, outputBytes, aliasBytes, tempBytes } = (await compileStep(experiment, batch)).memory;
  const total = argumentBytes + outputBytes - aliasBytes + tempBytes;
  const off = (estimated: number | undefined, exact: number): number => Math.abs((estimated ?? Infinity) / exact - 1);
  expect(off(memory.totalBytes, total)).toBeLessThan(0.1);
  expect(off(memory.tempBytes, tempBytes)).toBeLessThan(0.1);
});

it("activation checkpointing takes from the row of activations what it computes again", async () => {
  const estimates = [];
  for (const checkpointing of ["none", "block"]) {
    const experiment = await quickstart("clip.yaml", [`+model.activation_checkpointing=${checkpointing}`]);
    estimates.push(await estimateStep(experiment, clip(128)));
  }
  const [without, withBlocks] = estimates;
  const activations = (estimate: typeof without): number =>
    estimate?.memory.rows.find(({ name }) => name === "activations")?.bytes ?? 0;
  expect(activations(withBlocks)).toBeLessThan(0.7 * activations(without));
  expect(withBlocks?.flops?.step).toBeGreaterThan(without?.flops?.step ?? 0);
  expect(withBlocks?.flops?.model).toBe(without?.flops?.model);
});
