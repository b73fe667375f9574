/** The loader with real worker threads on real files: order, content, bad images, errors, shutdown. */
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Batch } from "@l3m/core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BatchSource,
  createLoader,
  type LoadedBatch,
  type LoaderOptions,
  SequentialSampler,
  ShuffledSampler,
  type SkippedSample,
} from "../src/index.ts";
import { buildPipeline } from "./fixtures/worker-builder.mjs";

const fixtures = join(import.meta.dirname, "fixtures");
const repository = resolve(import.meta.dirname, "../../..");
const builder = pathToFileURL(join(fixtures, "worker-builder.mjs")).href;
const GOOD = [
  "photo-420.jpg",
  "photo-444.jpg",
  "progressive.jpg",
  "grey.jpg",
  "rgb.png",
  "alpha.png",
  "palette.png",
  "lossless.webp",
];

/** A data set of 24 images; `bad` are the positions of unreadable ones. */
function makeFolder(bad: Readonly<Record<number, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "l3m-loader-"));
  mkdirSync(join(root, "images"));
  const lines = Array.from({ length: 24 }, (_, i) => {
    const source = bad[i] ?? GOOD[i % GOOD.length] ?? "";
    const image = `${i}-${source}`;
    if (source !== "missing.jpg") copyFileSync(join(fixtures, "images", source), join(root, "images", image));
    return JSON.stringify({ image, text: [`picture ${i}`, `the picture with number ${i}`], concept: `thing ${i}` });
  });
  writeFileSync(join(root, "captions.jsonl"), `${lines.join("\n")}\n`);
  return root;
}

function pipelineOf(root: string, behaviour?: string): Parameters<typeof buildPipeline>[0]["pipeline"] {
  return {
    dataset: { dataset: "data/image-text-folder", root },
    transforms: [
      { transform: "data/random-resized-crop", size: 20, interpolation: "bicubic" },
      { transform: "data/random-horizontal-flip" },
      "data/to-tensor",
      "data/random-color-jitter",
      { transform: "data/normalize", mean: 0.5, std: 0.25 },
    ],
    collate: { collate: "data/image-text-collate", context_length: 12, tokenizer: "data/byte-tokenizer" },
    ...(behaviour === undefined ? {} : { behaviour }),
  };
}

interface Setup extends Partial<LoaderOptions> {
  readonly behaviour?: string;
  readonly sequential?: boolean;
}

async function start(root: string, { behaviour, sequential, ...options }: Setup = {}): Promise<BatchSource> {
  const nodes = pipelineOf(root, behaviour);
  const recipe = { builder, plugins: [], pipeline: nodes };
  const pipeline = buildPipeline({ pipeline: nodes });
  const inputs = { dataset: { length: 24 }, batchSize: 5, seed: 3 };
  const sampler = sequential === true ? new SequentialSampler(inputs) : new ShuffledSampler(inputs);
  return createLoader({ pipeline, recipe, sampler, seed: 3, ...options });
}

/** A copy, since arrays of workers are used again. */
function copy({ batch, skipped, state }: LoadedBatch): { batch: Batch; skipped: number; state: unknown } {
  const tensors = Object.entries(batch.tensors).map(([key, { data, shape }]) => [key, { data: data.slice(), shape }]);
  return { batch: { tensors: Object.fromEntries(tensors) as Batch["tensors"], values: batch.values }, skipped, state };
}

async function take(source: BatchSource, batches: number): Promise<ReturnType<typeof copy>[]> {
  const taken = [];
  for (let i = 0; i < batches; i++) {
    const next = await source.next();
    if (next === undefined) break;
    taken.push(copy(next));
  }
  await source.close();
  return taken;
}

beforeAll(() => {
  // Workers run the compiled package.
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-b", join(repository, "packages/data")], { stdio: "inherit" });
});

describe("batches", () => {
  it("do not depend on the number of workers or on prefetching", async () => {
    const root = makeFolder();
    const expected = await take(await start(root), 12);
    expect(expected[0]?.batch.tensors["image"]?.shape).toEqual([5, 3, 20, 20]);
    expect(expected[0]?.batch.tensors["text_mask"]?.data).toBeInstanceOf(Int32Array);
    for (const options of [{ workers: 1 }, { workers: 3, prefetch: 2 }, { workers: 2, prefetch: 5 }, { prefetch: 4 }]) {
      expect(await take(await start(root, options), 12), JSON.stringify(options)).toEqual(expected);
    }
  });

  it("differ between epochs in their augmentation, and between seeds", async () => {
    const root = makeFolder();
    const image = (batches: ReturnType<typeof copy>[], i: number): unknown => batches[i]?.batch.tensors["image"]?.data;
    const first = await take(await start(root, { sequential: true }), 5);
    const other = await take(await start(root, { sequential: true, seed: 4 }), 5);
    expect(image(first, 0)).not.toEqual(image(other, 0));
  });

  it("go on exactly from the state of a batch, however many were made ahead", async () => {
    const root = makeFolder();
    const whole = await take(await start(root), 10);
    const sampler = new ShuffledSampler({ dataset: { length: 24 }, batchSize: 5, seed: 3 });
    sampler.restore(JSON.parse(JSON.stringify(whole[3]?.state)));
    expect(await take(await start(root, { sampler, workers: 2, prefetch: 3 }), 6)).toEqual(whole.slice(4));
  });

  it("end with a finite sampler", async () => {
    const batches = await take(await start(makeFolder(), { sequential: true, workers: 2 }), 99);
    expect(batches.map(({ batch }) => batch.tensors["image"]?.shape[0])).toEqual([5, 5, 5, 5, 4]);
  });

  it("are cut into the parts of several processes", async () => {
    const root = makeFolder();
    const captions = async (shard?: { index: number; count: number }): Promise<unknown[]> =>
      (await take(await start(root, shard === undefined ? {} : { shard }), 3)).map(
        ({ batch }) => batch.values["caption"],
      );
    const [whole, left, right] = [
      await captions(),
      await captions({ index: 0, count: 2 }),
      await captions({ index: 1, count: 2 }),
    ];
    whole.forEach((batch, i) => expect(batch).toEqual([left[i], right[i]].flat()));
  });

  it("stay valid until the second next() after theirs", async () => {
    const root = makeFolder();
    const expected = await take(await start(root), 8);
    const source = await start(root, { workers: 2, prefetch: 1 });
    let last: LoadedBatch | undefined;
    for (const batch of expected) {
      const now = await source.next();
      if (last !== undefined) expect(copy(last)).toEqual(expected[expected.indexOf(batch) - 1]);
      last = now;
    }
    await source.close();
  });
});

describe("bad images", () => {
  const bad = { 2: "truncated.jpg", 9: "not-an-image.jpg", 17: "missing.jpg" };

  it("are replaced by others, the same ones with any number of workers, and warned about once", async () => {
    const root = makeFolder(bad);
    const warnings: SkippedSample[] = [];
    const expected = await take(await start(root, { onSkip: (sample) => warnings.push(sample) }), 15);
    expect(expected.every(({ batch }) => batch.tensors["image"]?.shape[0] === 5)).toBe(true);
    expect(expected.reduce((sum, { skipped }) => sum + skipped, 0)).toBeGreaterThanOrEqual(9); // three epochs of three
    expect(new Set(warnings.map(({ index }) => index))).toEqual(new Set([2, 9, 17]));
    expect(warnings).toHaveLength(3);
    expect(warnings.find(({ index }) => index === 9)?.message).toMatch(/L3M_BAD_SAMPLE.*9-not-an-image\.jpg/);
    for (const { batch } of expected)
      expect(new Set(batch.values["caption"]?.map((caption) => /\d+/.exec(String(caption))?.[0])).size).toBe(5);
    expect(await take(await start(root, { workers: 2, onSkip: () => undefined }), 15)).toEqual(expected);
  });

  it("are dropped in evaluation", async () => {
    const batches = await take(
      await start(makeFolder(bad), { sequential: true, badSamples: "drop", workers: 1, onSkip: () => undefined }),
      99,
    );
    expect(batches.map(({ batch }) => batch.tensors["image"]?.shape[0])).toEqual([4, 4, 5, 4, 4]);
    expect(batches.map(({ skipped }) => skipped)).toEqual([1, 1, 0, 1, 0]);
  });

  it("give one clear warning of the process by default", async () => {
    const warned = new Promise<Error>((settle) => {
      process.on("warning", function listen(warning) {
        if (warning.name !== "L3mWarning") return;
        process.off("warning", listen);
        settle(warning);
      });
    });
    await take(await start(makeFolder({ 0: "truncated.jpg" }), { sequential: true }), 1);
    expect(await warned).toMatchObject({
      code: "L3M_BAD_SAMPLE",
      message: expect.stringContaining("0-truncated.jpg") as string,
    });
  });

  it("stop the run when nothing can be read", async () => {
    const root = makeFolder(Object.fromEntries(Array.from({ length: 24 }, (_, i) => [i, "truncated.jpg"])));
    const source = await start(root, { workers: 1, onSkip: () => undefined });
    await expect(source.next()).rejects.toMatchObject({ code: "L3M_BAD_SAMPLE" });
    await source.close();
  });
});

describe("missing data", () => {
  it("is named", async () => {
    await expect(start("/nowhere/at/all")).rejects.toThrowError(
      /L3M_DATA_NOT_FOUND.*\/nowhere\/at\/all\/captions\.jsonl/,
    );
    const root = makeFolder();
    rmSync(join(root, "images"), { recursive: true });
    await expect(start(root)).rejects.toMatchObject({
      code: "L3M_DATA_NOT_FOUND",
      details: { where: { file: join(root, "images") } },
    });
  });

  it("is named by line when a caption is malformed", async () => {
    const root = makeFolder();
    writeFileSync(join(root, "captions.jsonl"), '{"image": "a.jpg", "text": "a"}\n{"image": "b.jpg"}\n');
    await expect(start(root)).rejects.toMatchObject({ code: "L3M_BAD_SAMPLE", details: { where: { line: 2 } } });
  });
});

describe("workers", () => {
  it("report errors of transforms to the caller", async () => {
    const source = await start(makeFolder(), { workers: 2, behaviour: "throw" });
    await expect(source.next()).rejects.toThrowError(/a transform of the user went wrong/);
    await source.close();
  });

  it("report that the pipeline cannot be built there", async () => {
    const root = makeFolder();
    const source = await start(root, {
      workers: 1,
      recipe: { builder: pathToFileURL(join(root, "none.mjs")).href, plugins: [], pipeline: {} },
    });
    await expect(source.next()).rejects.toThrowError(/none\.mjs/);
    await source.close();
  });

  it("that die are noticed, now and later", async () => {
    const source = await start(makeFolder(), { workers: 1, behaviour: "exit" });
    await expect(source.next()).rejects.toThrowError(/exit code 7/);
    await expect(source.next()).rejects.toThrowError(/exit code 7/);
    await source.close();
  });

  it("end on close, even in the middle of work or when they hang", async () => {
    const busy = await start(makeFolder(), { workers: 2, prefetch: 4 });
    await busy.next();
    await busy.close();
    await busy.close();
    await expect(busy.next()).rejects.toMatchObject({ code: "L3M_USAGE" });
    const hanging = await start(makeFolder(), { workers: 1, behaviour: "hang" });
    const lost = hanging.next();
    lost.catch(() => undefined);
    await hanging.close();
    await expect(lost).rejects.toMatchObject({ code: "L3M_USAGE" });
  });

  it("do not keep a process alive, nor survive SIGINT", async () => {
    const script = join(mkdtempSync(join(tmpdir(), "l3m-exit-")), "program.mjs");
    writeFileSync(
      script,
      `import { createLoader, ShuffledSampler } from ${JSON.stringify(pathToFileURL(join(repository, "packages/data/dist/index.js")).href)};
      import { buildPipeline } from ${JSON.stringify(builder)};
      const nodes = ${JSON.stringify(pipelineOf(makeFolder()))};
      const sampler = new ShuffledSampler({ dataset: { length: 24 }, batchSize: 5, seed: 0 });
      const loader = await createLoader({ pipeline: buildPipeline({ pipeline: nodes }), recipe: { builder: ${JSON.stringify(builder)}, plugins: [], pipeline: nodes }, sampler, seed: 0, workers: 2 });
      if (process.argv[2] === "once") { await loader.next(); console.log("one batch"); }
      else for (let i = 0; ; i++) { await loader.next(); if (i === 3) console.log("running"); }`,
    );
    const once = spawn(process.execPath, [script, "once"]);
    expect(await new Promise((settle) => once.once("exit", (code) => settle(code)))).toBe(0);
    const endless = spawn(process.execPath, [script]);
    await new Promise((settle) => endless.stdout.once("data", settle));
    endless.kill("SIGINT");
    expect(await new Promise((settle) => endless.once("exit", (_code, signal) => settle(signal)))).toBe("SIGINT");
  });
});
