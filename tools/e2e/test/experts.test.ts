/**
 * Mixtures of experts in whole training, through the real command: parts of a batch, activation checkpointing, two devices and
 * bf16, each against the same run without. One seed, so all start from the same numbers.
 */
import { readMetrics } from "@l3m/train";
import { afterAll, beforeAll, expect, it } from "vitest";
import { largestRelativeDifference } from "../../mesh/compare-runs.ts";
import { buildOnce, l3m } from "../run-l3m.ts";
import { STEPS, tinyProject, type TinyProject } from "../tiny-project.ts";

const EXPERTS =
  "ffn_target: { ffn: moe/moe, num_experts: 4, top_k: 2, multiple_of: 4, num_layers: 1, use_bias: false, load_balancing_loss_weight: 0.01 }";

let tiny: TinyProject;
let plain: readonly number[];
beforeAll(async () => {
  await buildOnce();
  tiny = await tinyProject();
  tiny.edit("num_blocks: 1\n", `num_blocks: 1\n          ${EXPERTS}\n`);
  plain = await losses("plain");
}, 300_000);
afterAll(() => tiny.remove());

it("checkpointing of every block changes nothing", { timeout: 300_000 }, async () => {
  expect(largestRelativeDifference(await losses("remat", "+model.activation_checkpointing=block"), plain)).toBeLessThan(
    1e-5,
  );
});

it(
  "two devices, each with half of the batch and of the parameters, give the losses of one",
  { timeout: 300_000 },
  async () => {
    const spread = await losses("mesh", "+mesh={devices: 2, dp_shard: 2}");
    expect(largestRelativeDifference(spread, plain)).toBeLessThan(1e-4);
  },
);

it("in bf16 the losses are those of f32 but for its digits", { timeout: 300_000 }, async () => {
  const rounded = await losses("bf16", "+experiment.precision=bf16");
  expect(largestRelativeDifference(rounded, plain)).toBeLessThan(0.02);
  expect(rounded).not.toEqual(plain);
});

it("a batch in four parts trains", { timeout: 300_000 }, async () => {
  const parts = await losses("parts", "+optim.gradient_accumulation_steps=4");
  expect(parts.every(Number.isFinite)).toBe(true);
  expect(parts.at(-1)).toBeLessThan(parts[0] ?? 0);
});

/** Trains in a run directory of its own; the loss of every step. */
async function losses(name: string, ...overrides: readonly string[]): Promise<readonly number[]> {
  const run = tiny.file(name);
  const args = ["train", tiny.config, ...overrides, "--engine", "xla-cpu", "--run-dir", run];
  const { code, stderr } = await l3m(args);
  expect(code, stderr).toBe(0);
  const found = readMetrics(`${run}/metrics.jsonl`).flatMap(({ loss }) => (typeof loss === "number" ? [loss] : []));
  expect(found).toHaveLength(STEPS);
  return found;
}
