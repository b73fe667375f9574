/** The short version of the chaos run: three kills of 30 steps of the tiny experiment on XLA. The long one is a command. */
import { appendFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildOnce } from "../../e2e/run-l3m.ts";
import { tinyProject, type TinyProject } from "../../e2e/tiny-project.ts";
import { chaos } from "../chaos.ts";
import { compareMetrics } from "../compare-metrics.ts";
import { drawMoment } from "../kill-moment.ts";

let project: TinyProject;
beforeAll(async () => {
  await buildOnce();
  project = await tinyProject();
}, 300_000);
afterAll(() => project.remove());

it("a run that is killed three times and resumed leaves the numbers of an uninterrupted one", async () => {
  const log: string[] = [];
  const { kills, differences } = await chaos({
    config: project.config,
    steps: 30,
    checkpointEvery: 10,
    kills: 3,
    seed: 1,
    overrides: ["experiment.engine=xla-cpu"],
    log: (line) => log.push(line),
  });
  expect(differences, log.join("\n")).toEqual([]);
  expect(kills.map(({ kind }) => kind).sort()).toEqual(["checkpoint", "start", "step"]);
}, 120_000);

it("the comparison sees a changed digit, a missing and a repeated step", () => {
  const lines = [1, 2, 3].map((step) =>
    JSON.stringify({ step, loss: 1 / step, lr: 0.1, grad_norm: 1, samples_per_s: Math.random() }),
  );
  const write = (name: string, log: readonly string[]): string => {
    const file = project.file(name);
    writeFileSync(file, `${log.join("\n")}\n`);
    return file;
  };
  const whole = write("whole.jsonl", lines);
  appendFileSync(whole, `${JSON.stringify({ step: 3, final: true })}\n`);
  expect(compareMetrics(whole, write("same.jsonl", lines))).toEqual([]);
  expect(
    compareMetrics(
      whole,
      write(
        "digit.jsonl",
        lines.map((line) => line.replace("0.3333333333333333", "0.3333333333333334")),
      ),
    ),
  ).toEqual(["line 3: loss is 0.3333333333333334 instead of 0.3333333333333333"]);
  expect(compareMetrics(whole, write("short.jsonl", lines.slice(0, 2)))).toEqual(["2 lines instead of 3"]);
  expect(compareMetrics(whole, write("twice.jsonl", [...lines.slice(0, 2), ...lines.slice(1)]))).toContain(
    "4 lines instead of 3",
  );
});

it("moments never reach beyond the end of the run", () => {
  const draws = [0, 0.34, 0.5, 0.7, 0.99].map((value) =>
    drawMoment(() => value, { startMs: 1000, stepMs: 50 }, 20, 10),
  );
  expect(draws.every(({ kind }) => kind === "start")).toBe(true);
});
