/**
 * ml-l3m's own six configs, as downloaded. They are not part of this repository: `ML_L3M_DIR` names a checkout of
 * apple/ml-l3m, or it stands in ./ml-l3m; without it these tests are not run.
 */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { importConfig } from "@l3m/config";
import preset from "@l3m/preset-l3m";
import {
  checkStep,
  type Experiment,
  inspectExperiment,
  openExperiment,
  openRegistry,
  plainReporter,
  train,
} from "@l3m/train";
import { describe, expect, test } from "vitest";

const root = path.resolve(process.env["ML_L3M_DIR"] ?? "ml-l3m", "configs");
const overlay = fileURLToPath(new URL("../../../configs/overlays/debug-tiny.yaml", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "upstream-files-"));

/** Elements of all parameters; trained and decayed ones with their tensors (spec of ml-l3m's samples). */
const FILES = {
  "aimv1/001_aim_v1_600M.yaml": ["1,088,561,228", "1,087,643,724", 324, "1,087,383,552", 171],
  "aimv2/001_aimv2_hfdata.yaml": ["530,632,704", "530,632,704", 337, "530,210,816", 257],
  "aimv2/002_aimv2_moe_hfdata.yaml": ["476,682,496", "476,682,496", 193, "476,357,632", 137],
  "clip/001_clip_hfdata.yaml": ["433,534,465", "433,534,465", 336, "433,140,736", 257],
  "supervised_imagenet/001_vit_large_imagenet.yaml": ["304,181,224", "304,181,224", 322, "303,800,320", 146],
  "text/001_llm_hfdata.yaml": ["1,444,089,856", "1,439,895,552", 220, "1,439,694,848", 122],
} as const;

/** What `l3m check FILE --no-data` finds. */
async function check(file: string): Promise<{ total: string; estimate: string; errors: readonly string[] }> {
  const inspected: Omit<Experiment, "config"> = await inspectExperiment(file, { preset: preset });
  const read = { check: inspected.check, trainBatch: undefined };
  const reporter = plainReporter();
  const { check: report, estimate } = await checkStep(inspected, read, { reporter });
  return {
    total: report.parameters?.total.toLocaleString("en-US") ?? "",
    estimate: estimate ?? "",
    errors: report.errors.map(({ message }) => message),
  };
}

describe.skipIf(!existsSync(root)).each(Object.entries(FILES))("%s", (name, counts) => {
  const file = path.join(root, name);
  const [total, trained, tensors, decayed, decayedTensors] = counts;
  const expectCounts = (found: Awaited<ReturnType<typeof check>>): void => {
    expect(found.errors).toEqual([]);
    expect(found.total).toBe(total);
    expect(found.estimate).toMatch(new RegExp(`trained +${trained} +in ${tensors} tensors`));
    expect(found.estimate).toMatch(new RegExp(`with weight decay +${decayed} +in ${decayedTensors} tensors`));
  };

  test("has the exact counts", async () => {
    expectCounts(await check(file));
  });

  test("means the same when it is imported", async () => {
    const { registry } = await openRegistry(file, { preset: preset });
    const imported = path.join(folder, `${path.basename(name)}`);
    writeFileSync(imported, importConfig(file, registry));
    expect(readFileSync(imported, "utf8")).not.toContain("_target_");
    expectCounts(await check(imported));
    const frames = await Promise.all([file, imported].map((one) => openExperiment(one, { preset })));
    const [theirs, ours] = frames.map(({ config: { experiment, mesh, model, data } }) => ({
      experiment,
      mesh,
      checkpointing: model.activation_checkpointing,
      batch: data.train.batch_size,
      validation: Object.entries(data.val ?? {}).map(([set, { batch_size }]) => [set, batch_size]),
    }));
    expect(ours).toEqual(theirs);
  });

  test("trains under the debug overlay", { timeout: 300_000 }, async () => {
    const runDir = path.join(folder, name.replaceAll("/", "-"));
    const result = await train(file, {
      overlays: [overlay],
      overrides: ["experiment.total_iterations=2", "experiment.validate_every=2"],
      engine: "xla-cpu",
      preset: preset,
      runDir,
      reporter: plainReporter(),
    });
    expect(result.finished).toBe(true);
    expect(result.scores["random/loss"]).toSatisfy(Number.isFinite);
  });
});
