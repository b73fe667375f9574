/** Flags of XLA: known to the real plugin, refused when misspelt, part of a cached program's key. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { checkFlagNames, ensurePlugin } from "@l3m/pjrt";
import { afterAll, expect, it } from "vitest";
import { PLATFORM_FLAGS, startXla } from "../src/index.ts";
import { autotuneFlags, DETERMINISTIC_FLAGS, platformFlags } from "../src/compile/platform-flags.ts";

const cacheDir = mkdtempSync(join(tmpdir(), "l3m-flags-"));
afterAll(() => rmSync(cacheDir, { recursive: true }));

// XLA has one table of flags: its CPU plugin also knows those for GPUs
it("every flag is one of XLA, with a reason", async () => {
  const plugin = await ensurePlugin("cpu");
  const all = [...Object.values(PLATFORM_FLAGS), ...Object.values(DETERMINISTIC_FLAGS)].flat();
  checkFlagNames([...all.map(({ name }) => name), ...Object.keys(autotuneFlags("cuda", cacheDir))], plugin);
  for (const { why } of all) expect(why.length).toBeGreaterThan(20);
});

it("are of the platform; determinism adds to them", () => {
  expect(platformFlags("cpu", true)).toEqual({ xla_cpu_enable_fast_min_max: false });
  expect(platformFlags("cuda", false)).not.toHaveProperty("xla_gpu_deterministic_ops");
  expect(platformFlags("cuda", true)).toMatchObject({ xla_gpu_deterministic_ops: true });
  expect(autotuneFlags("cpu", cacheDir)).toEqual({});
  expect(autotuneFlags("cuda", "/dev/null/autotune")).toEqual({}); // cannot be made
});

it.each([
  [
    { xla_cpu_enable_fast_min_maxx: true },
    /no flag "xla_cpu_enable_fast_min_maxx". Did you mean "xla_cpu_enable_fast_min_max"/,
  ],
  [{ fast_min_max: true }, /no flag "fast_min_max"/],
  [{ xla_gpu_nccl_termination_timeout_seconds: 5 }, /XLA_FLAGS=--xla_gpu_nccl_termination_timeout_seconds=5/],
])("refuses %j before anything runs", async (compileFlags, message) => {
  const pluginPath = await ensurePlugin("cpu");
  expect(() => startXla({ pluginPath, compileFlags })).toThrow(message);
});

it("changes of XLA_FLAGS do not reuse programs of others", async () => {
  const fromCache = async (flags: string): Promise<boolean | undefined> => {
    process.env["XLA_FLAGS"] = flags;
    const engine = startXla({ pluginPath: await ensurePlugin("cpu"), cacheDir });
    const f = engine.jit((x: tf.Tensor) => tf.square(x), { name: "square" });
    f(tf.tensor1d([1, 2])).dataSync();
    await engine.stop();
    return f.reports[0]?.fromCache;
  };
  const before = process.env["XLA_FLAGS"] ?? "";
  const changed = `${before} --xla_cpu_enable_fast_math=false`.trim();
  expect([await fromCache(before), await fromCache(before), await fromCache(changed)]).toEqual([false, true, false]);
  process.env["XLA_FLAGS"] = before;
});

it("a wrong value is XLA's error about the flag", async () => {
  const engine = startXla({
    pluginPath: await ensurePlugin("cpu"),
    compileFlags: { xla_cpu_enable_fast_min_max: "perhaps" },
  });
  try {
    expect(() => engine.jit((x: tf.Tensor) => tf.square(x))(tf.scalar(1))).toThrow(/L3M_BAD_OPTION[\s\S]*xla_flags/);
  } finally {
    await engine.stop();
  }
});
