/** A cut of the quickstart, as a user runs it: real images, real captions, XLA. Chance is R@10 = 0.8 %. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readMetrics } from "@l3m/train";
import { beforeAll, expect, it } from "vitest";
import { buildOnce, l3m } from "../run-l3m.ts";

beforeAll(() => buildOnce(), 300_000);

it(
  "200 steps of the quickstart retrieve five times better than chance, and leave a report",
  { timeout: 900_000 },
  async () => {
    const run = mkdtempSync(path.join(tmpdir(), "l3m-quickstart-"));
    try {
      const { code, stdout, stderr } = await l3m([
        "train",
        "configs/quickstart/clip.yaml",
        "experiment.total_iterations=200",
        "--run-dir",
        run,
      ]);
      expect([code, stderr.replaceAll(/^emoji-pairs.*\n/gm, "")]).toEqual([0, ""]);
      const lines = readMetrics(path.join(run, "metrics.jsonl"));
      const final = lines.at(-1);
      expect(final?.["final"]).toBe(true);
      expect(final?.["val/style/i2t_r10"]).toBeGreaterThanOrEqual(4);
      expect(final?.["val/style/t2i_r10"]).toBeGreaterThanOrEqual(4);
      expect(final?.["val/style/baseline/i2t_r10"]).toBeCloseTo(54.8, 0);
      const losses = lines.flatMap(({ loss }) => (typeof loss === "number" ? [loss] : []));
      expect(losses).toHaveLength(200);
      expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0));
      expect(stdout).toMatch(/baseline/);
      const report = readFileSync(path.join(run, "report.html"), "utf8");
      expect(report).toContain("data:image/png;base64,");
      expect(report).not.toMatch(/(src|href)="https?:/);
      expect(existsSync(path.join(run, "checkpoints", "latest"))).toBe(true);
    } finally {
      rmSync(run, { recursive: true, force: true });
    }
  },
);
