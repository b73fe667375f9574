/** A run whose checkpoints are many small files goes on from them to the same bits. */
import { cpSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import preset from "@l3m/preset-l3m";
import { loadCheckpoint, type Manifest, readMetrics, train } from "@l3m/train";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildOnce } from "../run-l3m.ts";
import { STEPS, tinyProject, type TinyProject } from "../tiny-project.ts";

let project: TinyProject;
beforeAll(async () => {
  await buildOnce();
  project = await tinyProject();
}, 300_000);
afterAll(() => project.remove());

const SHARD_BYTES = 4000;

function run(engine: string, name: string): Promise<unknown> {
  const reporter = { info: () => undefined, warn: () => undefined, step: () => undefined };
  const quiet = { ...reporter, work: () => undefined, scores: () => undefined };
  const overrides = ["data.train.workers=0"];
  const runDir = project.file(name);
  return train(project.config, {
    preset,
    engine,
    overrides,
    runDir,
    shardBytes: SHARD_BYTES,
    reporter: quiet,
  });
}

const checkpoints = (name: string): string => path.join(project.file(name), "checkpoints");

async function lastManifest(name: string): Promise<Manifest> {
  return (await loadCheckpoint(path.join(checkpoints(name), "step-00000012"))).manifest;
}

it.each(["tfjs-cpu", "xla-cpu"])("%s: resumes from shards to the same numbers and the same files", async (engine) => {
  const [whole, cut] = [`${engine}-whole`, `${engine}-cut`];
  await run(engine, whole);
  cpSync(project.file(whole), project.file(cut), { recursive: true });
  for (const step of ["step-00000008", "step-00000012"]) rmSync(path.join(checkpoints(cut), step), { recursive: true });
  await run(engine, cut);
  const losses = (name: string): unknown[] =>
    readMetrics(path.join(project.file(name), "metrics.jsonl")).flatMap(({ step, loss }) =>
      loss === undefined ? [] : [[step, loss]],
    );
  expect(losses(cut)).toHaveLength(STEPS);
  expect(losses(cut)).toEqual(losses(whole));
  expect((await lastManifest(cut)).files).toEqual((await lastManifest(whole)).files);
  const shards = readdirSync(path.join(checkpoints(cut), "step-00000012")).filter((file) => file.startsWith("shard-"));
  expect(shards.length).toBeGreaterThan(5);
});
