/** The quickstart step over two virtual CPU devices, and with activation checkpointing, against the same run on one device. */
import { cpSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadCheckpoint } from "@l3m/train";
import { buildOnce, l3m } from "../../e2e/run-l3m.ts";
import { largestRelativeDifference, relativeL2 } from "../compare-runs.ts";
import { type FinishedRun, runFolder, runQuickstart, stepFolder, STEPS } from "../quickstart-run.ts";

const REPLICATED = ["+mesh={devices: 2, dp_replicate: 2}"];
const SHARDED = ["+mesh={devices: 2, dp_shard: 2}"];
const MINUTES = 60_000;

const folder = runFolder();
let single: FinishedRun;
beforeAll(async () => {
  await buildOnce();
  single = await runQuickstart(path.join(folder, "single"), []);
}, 6 * MINUTES);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("checkpointing every block gives the same loss curve and first gradients", { timeout: 3 * MINUTES }, async () => {
  const run = await runQuickstart(path.join(folder, "remat"), ["+model.activation_checkpointing=block"]);
  expect(run.losses).toHaveLength(STEPS);
  expect(largestRelativeDifference(run.losses, single.losses)).toBeLessThan(1e-6);
  expect(relativeL2(run.firstGradients, single.firstGradients)).toBeLessThan(1e-6);
});

it("replicated over two devices: the gradients and the losses of one", { timeout: 3 * MINUTES }, async () => {
  const run = await runQuickstart(path.join(folder, "replicated"), REPLICATED);
  expect(relativeL2(run.firstGradients, single.firstGradients)).toBeLessThan(1e-5);
  expect(largestRelativeDifference(run.losses, single.losses)).toBeLessThan(1e-4);
});

it(
  "fully sharded over two devices: the gradients and the losses of one; resumes exactly",
  { timeout: 4 * MINUTES },
  async () => {
    const whole = await runQuickstart(path.join(folder, "sharded"), SHARDED);
    expect(relativeL2(whole.firstGradients, single.firstGradients)).toBeLessThan(1e-5);
    expect(largestRelativeDifference(whole.losses, single.losses)).toBeLessThan(1e-4);

    // checkpoints hold whole tensors
    const saved = await loadCheckpoint(path.join(whole.runDir, "checkpoints", stepFolder(1)));
    const onOneDevice = await loadCheckpoint(path.join(single.runDir, "checkpoints", stepFolder(1)));
    expect(saved.manifest.mesh).toEqual({ axes: [{ name: "dp_shard", size: 2 }] });
    expect(saved.manifest.tensors).toEqual(onOneDevice.manifest.tensors);

    const cut = path.join(folder, "sharded-cut");
    cpSync(whole.runDir, cut, { recursive: true });
    const half = STEPS / 2;
    for (let step = half + 1; step <= STEPS; step++)
      rmSync(path.join(cut, "checkpoints", stepFolder(step)), { recursive: true });
    writeFileSync(path.join(cut, "checkpoints", "latest"), `${stepFolder(half)}\n`);
    const resumed = await runQuickstart(cut, SHARDED);
    expect(resumed.losses).toEqual(whole.losses);
    const last = await Promise.all(
      [whole, resumed].map(({ runDir }) => loadCheckpoint(path.join(runDir, "checkpoints", stepFolder(STEPS)))),
    );
    expect(last[1]?.manifest.files["shard-0.safetensors"]).toEqual(last[0]?.manifest.files["shard-0.safetensors"]);
  },
);

it("says clearly what cannot be spread over devices", { timeout: MINUTES }, async () => {
  const args = [
    "train",
    "configs/quickstart/clip.yaml",
    "data.val=null",
    "metrics=[]",
    ...SHARDED,
    "--run-dir",
    path.join(folder, "never"),
  ];
  const odd = await l3m([...args, "data.train.batch_size=127"]);
  expect(odd.code).toBe(1);
  expect(odd.stderr).toMatch(/L3M_BAD_OPTION .*data\.train\.batch_size\n.*does not divide over 2 devices/);
  const eager = await l3m([...args, "--engine", "tfjs-cpu"]);
  expect(eager.code).toBe(1);
  expect(eager.stderr).toMatch(/L3M_BAD_OPTION .*mesh\n.*tfjs-cpu cannot spread a step over a mesh/);
});
