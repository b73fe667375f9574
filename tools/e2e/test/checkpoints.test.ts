/** Damaged checkpoints: the newest whole one is used and said so; with none left, an error that changes nothing. */
import { cpSync, readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
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
  expect((await l3m(["train", project.config, "--run-dir", project.file("whole")])).code).toBe(0);
}, 300_000);
afterAll(() => project.remove());

/** A copy of the finished run, with some of its checkpoints damaged. */
function damagedRun(name: string, damage: (checkpoint: string) => void, steps: readonly number[]): string {
  const run = project.file(name);
  cpSync(project.file("whole"), run, { recursive: true });
  for (const step of steps) damage(path.join(run, "checkpoints", `step-${String(step).padStart(8, "0")}`));
  return run;
}

const resume = (run: string): Promise<Ended> => l3m(["train", project.config, "--run-dir", run, "--resume", "auto"]);

const steps = (run: string): unknown[] =>
  readMetrics(path.join(run, "metrics.jsonl"))
    .filter((line) => "loss" in line)
    .map(({ step, loss, lr, grad_norm }) => [step, loss, lr, grad_norm]);

const truncated = (checkpoint: string): void => truncateSync(path.join(checkpoint, "shard-0.safetensors"), 1000);

function tampered(checkpoint: string): void {
  const file = path.join(checkpoint, "shard-0.safetensors");
  const bytes = readFileSync(file);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

function changedManifest(checkpoint: string): void {
  const file = path.join(checkpoint, "manifest.json");
  writeFileSync(file, readFileSync(file, "utf8").replace(/"files": \{/, '"files": {}, "was": {'));
}

const halfManifest = (checkpoint: string): void => truncateSync(path.join(checkpoint, "manifest.json"), 300);

it.each([
  { name: "truncated", damage: truncated, says: /shard-0.safetensors is truncated/ },
  { name: "tampered", damage: tampered, says: /shard-0.safetensors was changed/ },
  { name: "manifest", damage: changedManifest, says: /manifest.json is damaged/ },
  { name: "half-manifest", damage: halfManifest, says: /manifest.json is damaged/ },
])(
  "$name: falls back to the newest whole checkpoint, says so, and leaves the same numbers",
  async ({ name, damage, says }) => {
    const run = damagedRun(name, damage, [12]);
    const { code, stdout, stderr } = await resume(run);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/warning: passed over a damaged checkpoint:\nL3M_CHECKPOINT {2}\S*step-00000012/);
    expect(stdout).toMatch(says);
    expect(stdout).toMatch(/resuming {2}after step 8 /);
    expect(steps(run)).toEqual(steps(project.file("whole")));
  },
);

it("all damaged: an error, and nothing is changed", async () => {
  const run = damagedRun("all", truncated, [4, 8, 12]);
  const before = readFileSync(path.join(run, "metrics.jsonl"), "utf8");
  const ended = await resume(run);
  expect(ended.stdout.match(/passed over a damaged checkpoint/g)).toHaveLength(3);
  const error = theError(ended);
  expect(error.code).toBe("L3M_CHECKPOINT");
  expect(error.where).toBe(path.join(run, "checkpoints"));
  expect(error.fix).toMatch(/--resume PATH/);
  expect(readFileSync(path.join(run, "metrics.jsonl"), "utf8")).toBe(before);
  expect(readdirSync(path.join(run, "checkpoints")).sort()).toEqual(
    readdirSync(project.file("whole", "checkpoints")).sort(),
  );
});

it("a named checkpoint that is damaged is an error; a whole one resumes in another run directory", async () => {
  const run = damagedRun("named", truncated, [8]);
  const at = (step: number): string => path.join(run, "checkpoints", `step-0000000${step}`);
  const error = theError(await l3m(["train", project.config, "--run-dir", project.file("other"), "--resume", at(8)]));
  expect(error).toMatchObject({ code: "L3M_CHECKPOINT", where: at(8) });
  const { code } = await l3m(["train", project.config, "--run-dir", project.file("other"), "--resume", at(4)]);
  expect(code).toBe(0);
  expect(steps(project.file("other"))).toEqual(steps(project.file("whole")).slice(4));
});

it("a finished run is not trained again, and --resume never does not touch it", async () => {
  const run = damagedRun("finished", () => undefined, []);
  const again = await resume(run);
  expect(again.code).toBe(0);
  expect(steps(run)).toEqual(steps(project.file("whole")));
  expect(readMetrics(path.join(run, "metrics.jsonl")).at(-1)).toMatchObject({ step: STEPS, final: true });
  const error = theError(await l3m(["train", project.config, "--run-dir", run, "--resume", "never"]));
  expect(error).toMatchObject({ code: "L3M_RUN_DIR", where: run });
  expect(steps(run)).toEqual(steps(project.file("whole")));
});
