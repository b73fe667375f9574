/** A cut of the language-model quickstart, as a user runs it, on other text: the pages of docs/, so that no network is needed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readMetrics } from "@l3m/train";
import { beforeAll, expect, it } from "vitest";
import { buildOnce, l3m } from "../run-l3m.ts";

const BYTE_FREQUENCIES = 4.5; // bits per byte of English by the frequencies of single bytes

beforeAll(() => buildOnce(), 300_000);

it("60 steps predict text better than the frequencies of its bytes do", { timeout: 600_000 }, async () => {
  const run = mkdtempSync(path.join(tmpdir(), "l3m-quickstart-llm-"));
  try {
    const { code, stdout, stderr } = await l3m([
      "train",
      "configs/quickstart/llm.yaml",
      "experiment.total_iterations=60",
      "data.train.dataset.files=../../docs/**/*.md",
      "data.val.held_out.dataset.files=../../docs/**/*.md",
      "--run-dir",
      run,
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = readMetrics(path.join(run, "metrics.jsonl"));
    const losses = lines.flatMap(({ loss }) => (typeof loss === "number" ? [loss] : []));
    expect(losses[0]).toBeCloseTo(Math.log(2048), 0);
    expect(losses).toHaveLength(60);
    const final = lines.at(-1);
    expect(final?.["val/held_out/bits_per_byte"]).toBeLessThan(BYTE_FREQUENCIES);
    expect(final?.["val/held_out/baseline/bits_per_byte"]).toBe(2.531);
    expect(stdout).toMatch(/bits_per_byte/);
    expect(readFileSync(path.join(run, "report.html"), "utf8")).toContain("bits_per_byte");
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
});
