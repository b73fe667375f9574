/** Images and captions that are not what they should be. */
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { readMetrics } from "@l3m/train";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { theError } from "../printed-error.ts";
import { buildOnce, l3m } from "../run-l3m.ts";
import { imageName, SAMPLES, STEPS, tinyProject, type TinyProject } from "../tiny-project.ts";

let project: TinyProject;
beforeAll(buildOnce, 300_000);
beforeEach(async () => {
  project = await tinyProject();
});
afterEach(() => project.remove());

const image = (i: number): string => project.file("pairs", "images", imageName(i));

it("an unreadable, a truncated and a wrong-format image are skipped, counted, and warned of once each", async () => {
  rmSync(image(3));
  mkdirSync(image(3)); // cannot be read as a file, whoever reads
  truncateSync(image(11), readFileSync(image(11)).length >> 1);
  writeFileSync(image(20), "this is no image");
  const runDir = project.file("run");
  const { code, stdout, stderr } = await l3m(["train", project.config, "--run-dir", runDir]);
  expect([code, stderr]).toEqual([0, ""]);
  const steps = readMetrics(project.file("run", "metrics.jsonl")).filter((line) => "loss" in line);
  expect(steps).toHaveLength(STEPS);
  // 12 steps of 8 are two whole epochs of 40 samples and a part of the third: each bad image was drawn twice or three times
  const skipped = steps.reduce((sum, line) => sum + Number(line["skipped"] ?? 0), 0);
  expect(skipped).toBeGreaterThanOrEqual(6);
  expect(skipped).toBeLessThanOrEqual(9);
  expect(stdout.match(/a sample is skipped/g)).toHaveLength(3);
  for (const bad of [3, 11, 20]) expect(stdout.split(`L3M_BAD_SAMPLE  ${image(bad)}`)).toHaveLength(2);
});

it("no readable image at all is an error", async () => {
  for (let i = 0; i < SAMPLES; i++) writeFileSync(image(i), "");
  const { code, stderr } = await l3m(["train", project.config, "--run-dir", project.file("run")]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^L3M_BAD_SAMPLE/);
  expect(stderr).toMatch(/No readable sample/);
  expect(existsSync(project.file("run"))).toBe(false);
});

it.each([
  { what: "captions", gone: ["pairs", "captions.jsonl"] },
  { what: "image folder", gone: ["pairs", "images"] },
])("the $what are missing", async ({ gone }) => {
  rmSync(project.file(...gone), { recursive: true });
  const error = theError(await l3m(["train", project.config, "--run-dir", project.file("run")]));
  expect(error.code).toBe("L3M_DATA_NOT_FOUND");
  expect(error.where).toBe(project.file(...gone));
  expect(existsSync(project.file("run"))).toBe(false);
});

it("a caption line that is no JSON is named", async () => {
  const captions = project.file("pairs", "captions.jsonl");
  writeFileSync(captions, readFileSync(captions, "utf8").replace('{"image":"02.png"', '{"image:"02.png"'));
  const error = theError(await l3m(["train", project.config, "--run-dir", project.file("run")]));
  expect(error.code).toBe("L3M_BAD_SAMPLE");
  expect(error.where).toBe(`${captions}:3`);
});
