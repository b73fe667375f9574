/** Compiled programs on disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { ensurePlugin } from "@l3m/pjrt";
import { afterAll, expect, it } from "vitest";
import { startXla, type StartOptions } from "../src/index.ts";

const cacheDir = mkdtempSync(join(tmpdir(), "l3m-cache-"));
afterAll(() => rmSync(cacheDir, { recursive: true }));

/** Starts an engine, compiles one function, runs it, stops the engine. */
async function session(
  options: Partial<StartOptions> = {},
): Promise<{ fromCache: boolean | undefined; values: number[] }> {
  const engine = startXla({ pluginPath: await ensurePlugin("cpu"), cacheDir, ...options });
  const f = engine.jit((x: tf.Tensor) => tf.tanh(tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)), { name: "cached" });
  const values = Array.from(
    f(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
    ).dataSync(),
  );
  const fromCache = f.reports[0]?.fromCache;
  await engine.stop();
  return { fromCache, values };
}

const entries = () => readdirSync(cacheDir).filter((name) => name.endsWith(".xla"));

it("is used by the next process, and not when options differ", async () => {
  const first = await session();
  const second = await session();
  expect([first.fromCache, second.fromCache]).toEqual([false, true]);
  expect(second.values).toEqual(first.values);
  expect(entries()).toHaveLength(1);
  expect((await session({ compileFlags: { xla_cpu_enable_fast_min_max: true } })).fromCache).toBe(false);
  expect((await session({ clientOptions: { cpu_device_count: 2n } })).fromCache).toBe(false);
});

it.each([
  ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  [
    "changed",
    (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      copy[copy.length >> 1] = (copy[copy.length >> 1] as number) ^ 1;
      return copy;
    },
  ],
  ["empty", () => Buffer.alloc(0)],
])("ignores and rewrites an entry that is %s", async (_how, damage) => {
  await session();
  const files = entries().map((name) => join(cacheDir, name));
  const sizes = files.map((file) => statSync(file).size);
  for (const file of files) writeFileSync(file, damage(readFileSync(file)));
  expect((await session()).fromCache).toBe(false);
  expect((await session()).fromCache).toBe(true);
  expect(sizes).toContain(Math.max(...files.map((file) => statSync(file).size)));
});

it("compiles without a cache when the folder cannot be written", async () => {
  const { fromCache } = await session({ cacheDir: "/dev/null/cache" });
  expect(fromCache).toBe(false);
});
