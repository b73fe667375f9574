/** Training in bf16 on the CPU plugin: the curve of f32 within rounding, checkpoints of the masters, exact resume. */
import { cpSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { readMetrics } from "@l3m/train";
import { afterAll, beforeAll, expect, it } from "vitest";
import { theError } from "../printed-error.ts";
import { buildOnce, type Ended, l3m } from "../run-l3m.ts";
import { STEPS, tinyProject, type TinyProject } from "../tiny-project.ts";

let project: TinyProject;
beforeAll(async () => {
  await buildOnce();
  project = await tinyProject();
  for (const precision of ["f32", "bf16"]) expect((await train(precision, precision)).code).toBe(0);
}, 300_000);
afterAll(() => project.remove());

const train = (precision: string, run: string, engine = "xla-cpu", ...more: readonly string[]): Promise<Ended> =>
  l3m([
    "train",
    project.config,
    `experiment.precision=${precision}`,
    "--engine",
    engine,
    "--run-dir",
    project.file(run),
    ...more,
  ]);

const losses = (run: string): number[] =>
  readMetrics(path.join(project.file(run), "metrics.jsonl")).flatMap(({ loss }) =>
    typeof loss === "number" ? [loss] : [],
  );

it("follows the curve of f32", () => {
  const [wide, narrow] = [losses("f32"), losses("bf16")];
  expect(narrow).toHaveLength(STEPS);
  expect(narrow).not.toEqual(wide);
  const bound = 14 * 2 ** -8; // a loss is a mean over logits of up to 14, each right to 2^-8
  const apart = narrow.map((loss, i) => Math.abs(loss - (wide[i] as number)));
  expect(apart[0]).toBeLessThan(bound);
  expect(Math.max(...apart)).toBeLessThan(2 * bound); // Adam's first steps have full size wherever the gradient has a sign
});

it("saves the masters only, in f32", () => {
  const header = (run: string): string => {
    const file = readFileSync(path.join(project.file(run), "checkpoints", "step-00000012", "shard-0.safetensors"));
    return file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString();
  };
  expect(header("bf16")).toBe(header("f32"));
});

it("resumes to the same numbers", async () => {
  cpSync(project.file("bf16"), project.file("rest"), { recursive: true });
  rmSync(path.join(project.file("rest"), "checkpoints", "step-00000012"), { recursive: true });
  const { code, stdout, stderr } = await train("bf16", "rest");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("after step 8");
  expect(losses("rest")).toEqual(losses("bf16"));
});

it("is refused where the engine computes in f32 only", async () => {
  const error = theError(await train("bf16", "eager", "tfjs-cpu"));
  expect(error).toMatchObject({ code: "L3M_BAD_OPTION", message: "The engine tfjs-cpu computes in f32 only." });
  expect(error.where).toContain("experiment.precision");
});
