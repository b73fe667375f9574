import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { mkdtempSync, mkdirSync, writeFileSync, copyFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { corePlugin, Registry } from "@l3m/core";
import optim from "@l3m/optim";
import { findCases, formatTable, formatTotals, loadCase, readSafetensors, runCase, runGoldens } from "@l3m/testing";
import { beforeAll, describe, expect, it } from "vitest";

const copied = path.resolve(import.meta.dirname, "../../../tools/goldens");
const registry = new Registry([corePlugin, optim]);
const run = (file: string, options: { compat?: boolean } = {}) => runCase(loadCase(file), { registry, ...options });

beforeAll(async () => void (await tf.setBackend("cpu")));

/** A copy of a case with changed fields, in a folder of its own. */
function changed(area: string, name: string, change: (fields: Record<string, unknown>) => void): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "l3m-goldens-")), area);
  mkdirSync(folder);
  const fields = JSON.parse(readFileSync(path.join(copied, area, `${name}.json`), "utf8")) as Record<string, unknown>;
  change(fields);
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(fields));
  try {
    copyFileSync(path.join(copied, area, `${name}.safetensors`), path.join(folder, `${name}.safetensors`));
  } catch {
    // a case without tensors
  }
  return path.join(folder, `${name}.json`);
}

describe("runCase", () => {
  it("passes a recorded case and says how close it came", async () => {
    const result = await run(path.join(copied, "core/mlp.json"));
    expect(result).toMatchObject({ case: "core/mlp", verdict: "passed", tolerance: { rtol: 1e-4, atol: 1e-5 } });
    expect(result.maxError).toBeGreaterThan(0);
    expect(result.ofTolerance).toBeLessThan(1);
  });

  it("fails when other options give other numbers, naming the tensor", async () => {
    const result = await run(changed("core", "rms_norm", (fields) => (fields["options"] = { dim: 12, eps: 0.5 })));
    expect(result.verdict).toBe("failed");
    expect(result.reason).toMatch(/out\.output \[2,3,12\] at \d+ is/);
  });

  it("fails when a parameter has no counterpart, naming it", async () => {
    const result = await run(
      changed("core", "mlp", (fields) => (fields["params"] = ["fc1.weight", "fc1.bias", "fc2.weight"])),
    );
    expect(result).toMatchObject({ verdict: "failed", reason: expect.stringContaining('"fc2.bias" is missing') });
  });

  it("fails a case whose handler does not exist, and one that compares nothing", async () => {
    expect(await run(changed("core", "mlp", (fields) => (fields["handler"] = "sorcery")))).toMatchObject({
      verdict: "failed",
      reason: 'unknown handler "sorcery"',
    });
    expect(await run(changed("core", "mlp", (fields) => delete fields["handler"]))).toMatchObject({
      verdict: "failed",
    });
    const nothing = changed("core", "mlp", (fields) => Object.assign(fields, { outputs: [], grads: [] }));
    expect(await run(nothing)).toMatchObject({ verdict: "failed", reason: "the case compares nothing" });
  });

  it("skips a case that builds something unregistered, at any depth, naming it", async () => {
    const file = changed("core", "mlp", (fields) =>
      Object.assign(fields["options"] as object, { act_layer: { _target_: "somewhere.NewAct", _partial_: true } }),
    );
    expect(await run(file)).toMatchObject({ verdict: "skipped", reason: "not registered: somewhere.NewAct" });
  });

  it("skips handlers of what does not exist yet", async () => {
    expect(await run(changed("core", "mlp", (fields) => (fields["handler"] = "filled_model")))).toMatchObject({
      verdict: "skipped",
    });
  });

  it("fails a row that must fail and does not", async () => {
    const file = changed("optim", "schedule_errors", (fields) => {
      const rows = fields["table"] as Record<string, unknown>[];
      rows.splice(0, rows.length, {
        options: { _target_: "fvcore.common.param_scheduler.ConstantParamScheduler", value: 1 },
        error: "ValueError",
      });
    });
    expect(await run(file)).toMatchObject({ verdict: "failed", reason: "table.0 must fail and did not" });
  });

  it("compares recorded bugs with compat only", async () => {
    const file = path.join(copied, "optim/param_groups_lr_scalers.json");
    expect(await run(file)).toMatchObject({ verdict: "passed" });
    expect(await run(file, { compat: true })).toMatchObject({ verdict: "passed" });
    const wrongFix = changed(
      "optim",
      "param_groups_lr_scalers",
      (fields) => (fields["fixed_values"] = { no_decay_names: ["head.bias"] }),
    );
    expect(await run(wrongFix)).toMatchObject({ verdict: "failed" });
    expect(await run(wrongFix, { compat: true })).toMatchObject({ verdict: "passed" });
    const bugAsValue = changed("core", "mlp", (fields) =>
      Object.assign(fields, {
        upstream_bug: ["Q00"],
        affected: ["output", "grads"],
        fixed: "",
        options: { ...(fields["options"] as object), act_layer: { _target_: "torch.nn.ReLU" } },
      }),
    );
    expect((await run(bugAsValue)).reason).toBe("the case compares nothing");
  });
});

describe("runGoldens", () => {
  it("finds cases in areas, nested folders and files, and selects by pattern", async () => {
    expect(findCases([copied]).length).toBeGreaterThan(100);
    expect(
      findCases([path.join(copied, "core/mlp.json"), path.join(copied, "core")]).filter((file) =>
        file.endsWith("/mlp.json"),
      ),
    ).toHaveLength(1);
    const results = await runGoldens([copied], { registry, only: "core/sincos_*" });
    expect(results.map((result) => result.verdict)).toEqual(Array.from({ length: 5 }, () => "passed"));
    expect(formatTotals(results)).toBe("5 passed, 0 failed, 0 skipped");
    expect(formatTable(results)).toMatch(/core\/sincos_3d .* passed/);
  });

  it("reports a file that is no case, and a folder that is not there", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "l3m-goldens-"));
    writeFileSync(path.join(folder, "broken.json"), "{");
    expect(await runGoldens([folder], { registry })).toMatchObject([
      { verdict: "failed", reason: expect.stringContaining("L3M_BAD_SAMPLE") },
    ]);
    await expect(runGoldens([path.join(folder, "nowhere")], { registry })).rejects.toMatchObject({
      code: "L3M_DATA_NOT_FOUND",
    });
  });
});

describe("readSafetensors", () => {
  it("reads shapes, types and values", () => {
    const tensors = readSafetensors(path.join(copied, "core/drop_path_train.safetensors"));
    expect(tensors.get("in.keep")).toMatchObject({ dtype: "BOOL", shape: [6] });
    expect(tensors.get("in.x")?.data).toBeInstanceOf(Float32Array);
    expect(tensors.get("in.x")?.data).toHaveLength(36);
  });

  it("refuses a truncated file", () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "l3m-goldens-")), "cut.safetensors");
    writeFileSync(file, readFileSync(path.join(copied, "core/mlp.safetensors")).subarray(0, -4));
    expect(() => readSafetensors(file)).toThrow(/L3M_BAD_SAMPLE/);
    writeFileSync(file, "abc");
    expect(() => readSafetensors(file)).toThrow(/L3M_BAD_SAMPLE/);
  });
});
