/** The tiny variants of the six models, cut short: each learns on a CPU, through the real command, and validates to a number. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readMetrics } from "@l3m/train";
import { beforeAll, describe, expect, it } from "vitest";
import { buildOnce, l3m } from "../run-l3m.ts";

/** What the mean loss of the last tenth of the steps may be of that of the first. */
const LEARNED = 0.8;

/** The book of the language model would have to be fetched; the pages of docs/ are here. */
const PAGES = "../../docs/**/*.md";

/** Steps, and what else is not as in the file. */
const RUNS: readonly (readonly [model: string, steps: number, overrides: readonly string[]])[] = [
  ["aimv1", 60, []],
  ["aimv2", 80, []],
  ["aimv2-moe", 80, []],
  ["clip", 200, []],
  ["llm", 80, [`constants.sources.book.files=${PAGES}`, `data.val.held_out.dataset.files=${PAGES}`]],
  ["vit", 300, []],
];

beforeAll(() => buildOnce(), 300_000);

describe.each(RUNS)("configs/%s/tiny.yaml", (model, steps, overrides) => {
  it(`learns in ${steps} steps`, { timeout: 600_000 }, async () => {
    const run = mkdtempSync(path.join(tmpdir(), `l3m-tiny-${model}-`));
    try {
      const { code, stderr } = await l3m([
        "train",
        `configs/${model}/tiny.yaml`,
        `experiment.total_iterations=${steps}`,
        ...overrides,
        "--run-dir",
        run,
      ]);
      expect([code, stderr]).toEqual([0, ""]);
      const lines = readMetrics(path.join(run, "metrics.jsonl"));
      const losses = lines.flatMap(({ loss }) => (typeof loss === "number" ? [loss] : []));
      expect(losses).toHaveLength(steps);
      const tenth = steps / 10;
      expect(mean(losses.slice(-tenth)) / mean(losses.slice(0, tenth))).toBeLessThanOrEqual(LEARNED);
      expect(lines.at(-1)?.["val/held_out/loss"]).toBeGreaterThan(0); // neither NaN, nor missing
      expect(lines.at(-1)?.["val/held_out/loss"]).toBeLessThan(losses[0] ?? 0);
    } finally {
      rmSync(run, { recursive: true, force: true });
    }
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
